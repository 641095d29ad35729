/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * Boards with a watchdog in their register window, one row a board: the one
 * source of these figures for the kernel's driver (kernel/vme_wdt) and for the
 * keeper's (vme_profile.cpp). C and C++, in the kernel's style.
 *
 * FGA-5000 (Force Gate Array 5000, the SBus/VME bridge of SPARC CPU-5V, CPU-8VT,
 * CPU-20VT, CPU-50T): registers after the "Force Gate Array-5000 Technical
 * Reference Manual", rev. 1, April 1995, as OpenBSD's sys/arch/sparc/dev/fgareg.h
 * quotes it. The manual says that "most" bit registers are of negative logic
 * without saying which: "fga5000" takes the interrupt status so (fga.c reads it
 * so) and all else as named, "fga5000-negative" takes the enable bit and the
 * reset status so too. Which one a board is shows in one drill.
 */
#ifndef VAKT_VME_BOARDS_H
#define VAKT_VME_BOARDS_H

/* clang-format off */

#define VME_MAX_STEPS	16
#define VME_MAX_KEYS	8
#define VME_MAX_CAUSES	8

/* Bits of a register: bytes from the window's start, width in bytes (1, 2, 4). */
struct vme_field {
	unsigned int offset;
	unsigned int width;
	unsigned int mask;		/* 0: the board has no such thing */
	unsigned int active_low;	/* 1: a zero means "yes" */
};

/* A timeout the board can count, and its code, in place, beside enable. */
struct vme_step {
	unsigned int ms;
	unsigned int code;
};

/* One word of a pet, written in the row's order. */
struct vme_key {
	unsigned int offset;
	unsigned int width;
	unsigned int value;
};

/* A bit of the reset status, and the WDIOF_ flag that it means. */
struct vme_cause {
	unsigned int mask;
	unsigned int flag;
};

struct vme_board {
	const char *name;
	unsigned int size;		/* of the register file, bytes */
	unsigned int little_endian;
	struct vme_field enable;	/* the countdown runs */
	unsigned int timeout_mask;	/* the step's code, in enable's register */
	unsigned int steps_count;
	struct vme_step steps[VME_MAX_STEPS];	/* the shortest first */
	unsigned int keys_count;
	struct vme_key keys[VME_MAX_KEYS];
	struct vme_field status;	/* why the board restarted */
	unsigned int causes_count;
	struct vme_cause causes[VME_MAX_CAUSES];
	struct vme_field half;		/* half of the countdown is over */
	unsigned int can_stop;		/* clearing enable stops it */
};

/*
 * The manual gives the last step in whole minutes, and lets any read or write of
 * the restart register count as a pet. SYSRESET of the VMEbus is a reset from
 * outside the board: WDIOF_EXTERN1; the watchdog's own is WDIOF_CARDRESET.
 */
#define VME_FGA5000(called, enable_low, status_low) {			\
	.name = (called),						\
	.size = 512,							\
	.little_endian = 0,						\
	.enable = { 0x1e4, 1, 0x80, (enable_low) },			\
	.timeout_mask = 0x70,						\
	.steps_count = 8,						\
	.steps = {							\
		{ 408, 0x00 }, { 1680, 0x10 },				\
		{ 6700, 0x20 }, { 26800, 0x30 },			\
		{ 108000, 0x40 }, { 429000, 0x50 },			\
		{ 1718000, 0x60 }, { 6840000, 0x70 },			\
	},								\
	.keys_count = 1,						\
	.keys = { { 0x1e5, 1, 0x00 } },					\
	.status = { 0x188, 1, 0x60, (status_low) },			\
	.causes_count = 2,						\
	.causes = { { 0x20, 0x0020 }, { 0x40, 0x0004 } },		\
	.half = { 0x1e8, 4, 0x00400000, 1 },				\
	.can_stop = 1,							\
}

#define VME_BOARDS	2

#ifdef __cplusplus
inline constexpr
#else
static const
#endif
struct vme_board vme_boards[VME_BOARDS] = {
	VME_FGA5000("fga5000", 0, 0),
	VME_FGA5000("fga5000-negative", 1, 1),
};

/* clang-format on */

#endif

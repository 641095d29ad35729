/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which board, and where on the bus: module parameters over a row of the table
 * of boards. Included once by the driver, and once by the module that plays a
 * board in tests, so that both are told the same in the same words.
 */
#ifndef VME_WDT_PARAMS_H
#define VME_WDT_PARAMS_H

#include <linux/device.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/string.h>

#include "vme.h"
#include "vme_boards.h"

static int bus;
module_param(bus, int, 0444);
MODULE_PARM_DESC(bus, "Number of the VME bus (default: 0)");

static char *aspace = "a32";
module_param(aspace, charp, 0444);
MODULE_PARM_DESC(aspace, "Address space: a16, a24, a32, a64 (default: a32)");

static unsigned long long base;
module_param(base, ullong, 0444);
MODULE_PARM_DESC(base, "Address of the registers on the bus");

static unsigned int dwidth = 32;
module_param(dwidth, uint, 0444);
MODULE_PARM_DESC(dwidth, "Data width of the window: 8, 16, 32 (default: 32)");

static bool supervisor = true;
module_param(supervisor, bool, 0444);
MODULE_PARM_DESC(supervisor, "Supervisor accesses, else user ones (default: Y)");

static char *board = "fga5000";
module_param(board, charp, 0444);
MODULE_PARM_DESC(board, "Row of the table of boards, or none (default: fga5000)");

static char *order = "";
module_param(order, charp, 0444);
MODULE_PARM_DESC(order, "Byte order of the registers: big, little (default: the board's)");

/* What follows takes the place of the row's, or makes a row of its own. */

static unsigned int size;
module_param(size, uint, 0444);
MODULE_PARM_DESC(size, "Bytes of the register file");

static unsigned int enable[4];
static int enable_given;
module_param_array(enable, uint, &enable_given, 0444);
MODULE_PARM_DESC(enable, "OFFSET,WIDTH,MASK[,1 if active low]: the countdown runs");

static unsigned int timeout_mask;
module_param(timeout_mask, uint, 0444);
MODULE_PARM_DESC(timeout_mask, "Bits of the step in enable's register");

static unsigned int steps[2 * VME_MAX_STEPS];
static int steps_given;
module_param_array(steps, uint, &steps_given, 0444);
MODULE_PARM_DESC(steps, "MS,CODE[,MS,CODE...]: timeouts, the shortest first");

static unsigned int keys[3 * VME_MAX_KEYS];
static int keys_given;
module_param_array(keys, uint, &keys_given, 0444);
MODULE_PARM_DESC(keys, "OFFSET,WIDTH,VALUE[,...]: what a pet writes, in this order");

static unsigned int status[4];
static int status_given;
module_param_array(status, uint, &status_given, 0444);
MODULE_PARM_DESC(status, "OFFSET,WIDTH,MASK[,1 if active low]: why the board restarted");

static unsigned int causes[2 * VME_MAX_CAUSES];
static int causes_given;
module_param_array(causes, uint, &causes_given, 0444);
MODULE_PARM_DESC(causes, "MASK,WDIOF_FLAG[,...]: what status' bits mean");

static unsigned int half[4];
static int half_given;
module_param_array(half, uint, &half_given, 0444);
MODULE_PARM_DESC(half, "OFFSET,WIDTH,MASK[,1 if active low]: half of the countdown is over");

static int can_stop = -1;
module_param(can_stop, int, 0444);
MODULE_PARM_DESC(can_stop, "1 if clearing enable stops it, else 0 (default: the board's)");

static int irq_level;
module_param(irq_level, int, 0444);
MODULE_PARM_DESC(irq_level, "VME interrupt of half the countdown, 1 to 7 (default: 0, none)");

static int irq_vector;
module_param(irq_vector, int, 0444);
MODULE_PARM_DESC(irq_vector, "Its vector, 0 to 255 (default: 0)");

static struct vme_board the_board;

static bool vme_params_fit(unsigned int offset, unsigned int width,
			   unsigned int value, const char *what)
{
	if ((width == 1 || width == 2 || width == 4) && offset % width == 0 &&
	    offset < the_board.size && offset + width <= the_board.size &&
	    (width == 4 || value >> (8 * width) == 0) && 8 * width <= dwidth)
		return true;
	pr_err("%s: no register of %u bytes at 0x%x, or wider than the data or the window\n",
	       what, width, offset);
	return false;
}

static bool vme_params_field(struct vme_field *field, const unsigned int *given,
			     int count, const char *what)
{
	if (count == 1 || count == 2) {
		pr_err("%s: OFFSET,WIDTH,MASK are wanted\n", what);
		return false;
	}
	if (count) {
		field->offset = given[0];
		field->width = given[1];
		field->mask = given[2];
		field->active_low = count == 4 && given[3];
	}
	return !field->mask ||
	       vme_params_fit(field->offset, field->width, field->mask, what);
}

static bool vme_params_steps(void)
{
	unsigned int i;

	if (steps_given % 2) {
		pr_err("steps: MS,CODE are wanted in pairs\n");
		return false;
	}
	if (the_board.enable.mask && the_board.enable.width < 4 &&
	    the_board.timeout_mask >> (8 * the_board.enable.width)) {
		pr_err("timeout_mask: 0x%x is wider than enable's register of %u bytes\n",
		       the_board.timeout_mask, the_board.enable.width);
		return false;
	}
	if (the_board.timeout_mask & the_board.enable.mask) {
		pr_err("timeout_mask: 0x%x and enable's mask 0x%x have a bit in common\n",
		       the_board.timeout_mask, the_board.enable.mask);
		return false;
	}
	if (steps_given)
		the_board.steps_count = steps_given / 2;
	for (i = 0; i < steps_given / 2; i++) {
		the_board.steps[i].ms = steps[2 * i];
		the_board.steps[i].code = steps[2 * i + 1];
	}
	for (i = 0; i < the_board.steps_count; i++) {
		const struct vme_step *step = &the_board.steps[i];

		if (step->code & ~the_board.timeout_mask ||
		    (i && step->ms <= step[-1].ms)) {
			pr_err("steps: the shortest first, and codes within timeout_mask\n");
			return false;
		}
	}
	return true;
}

static bool vme_params_keys(void)
{
	unsigned int i;

	if (keys_given % 3) {
		pr_err("keys: OFFSET,WIDTH,VALUE are wanted\n");
		return false;
	}
	if (keys_given)
		the_board.keys_count = keys_given / 3;
	for (i = 0; i < keys_given / 3; i++) {
		the_board.keys[i].offset = keys[3 * i];
		the_board.keys[i].width = keys[3 * i + 1];
		the_board.keys[i].value = keys[3 * i + 2];
	}
	for (i = 0; i < the_board.keys_count; i++) {
		const struct vme_key *key = &the_board.keys[i];

		if (!vme_params_fit(key->offset, key->width, key->value, "keys"))
			return false;
	}
	return true;
}

static bool vme_params_causes(void)
{
	unsigned int i;

	if (causes_given % 2) {
		pr_err("causes: MASK,WDIOF_FLAG are wanted in pairs\n");
		return false;
	}
	if (causes_given)
		the_board.causes_count = causes_given / 2;
	for (i = 0; i < causes_given / 2; i++) {
		the_board.causes[i].mask = causes[2 * i];
		the_board.causes[i].flag = causes[2 * i + 1];
	}
	return true;
}

static u32 vme_params_aspace(void)
{
	static const struct {
		const char *name;
		u32 space;
	} spaces[] = {
		{ "a16", VME_A16 }, { "a24", VME_A24 },
		{ "a32", VME_A32 }, { "a64", VME_A64 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(spaces); i++)
		if (!strcmp(aspace, spaces[i].name))
			return spaces[i].space;
	return 0;
}

static inline u32 vme_params_cycle(void)
{
	return VME_SCT | VME_DATA | (supervisor ? VME_SUPER : VME_USER);
}

/* A hundredfold of what any board is known to need. */
#define VME_PARAMS_MAX_SIZE	0x10000

static bool vme_params_place(void)
{
	if (!vme_params_aspace()) {
		pr_err("aspace: '%s' is none of a16, a24, a32, a64\n", aspace);
		return false;
	}
	if (dwidth != 8 && dwidth != 16 && dwidth != 32) {
		pr_err("dwidth: %u is none of 8, 16, 32\n", dwidth);
		return false;
	}
	if (!size || size > VME_PARAMS_MAX_SIZE || base % 4 ||
	    vme_check_window(vme_params_aspace(), base, size)) {
		pr_err("base: %u bytes at 0x%llx do not lie in %s, or not on a multiple of 4\n",
		       size, base, aspace);
		return false;
	}
	if (irq_level < 0 || irq_level > 7 || irq_vector < 0 ||
	    irq_vector >= VME_NUM_STATUSID) {
		pr_err("irq_level is 1 to 7, irq_vector 0 to 255\n");
		return false;
	}
	return true;
}

/* Fills the_board; says what is wrong with the parameters. 0, or -EINVAL. */
static int vme_params_read(void)
{
	unsigned int i;

	for (i = 0; i < VME_BOARDS; i++)
		if (!strcmp(board, vme_boards[i].name))
			the_board = vme_boards[i];
	if (!the_board.name && strcmp(board, "none")) {
		pr_err("board: '%s' is not in the table\n", board);
		return -EINVAL;
	}
	the_board.name = board;
	if (size)
		the_board.size = size;
	/* Who reads the parameters back is told what is in force. */
	size = the_board.size;
	if (timeout_mask)
		the_board.timeout_mask = timeout_mask;
	if (can_stop != -1)
		the_board.can_stop = can_stop;
	if (!strcmp(order, "big") || !strcmp(order, "little")) {
		the_board.little_endian = order[0] == 'l';
	} else if (*order) {
		pr_err("order: '%s' is neither big nor little\n", order);
		return -EINVAL;
	}
	if (!vme_params_place() ||
	    !vme_params_field(&the_board.enable, enable, enable_given, "enable") ||
	    !vme_params_field(&the_board.status, status, status_given, "status") ||
	    !vme_params_field(&the_board.half, half, half_given, "half") ||
	    !vme_params_steps() || !vme_params_keys() || !vme_params_causes())
		return -EINVAL;
	if (!the_board.enable.mask || !the_board.steps_count || !the_board.keys_count) {
		pr_err("enable, steps and keys are wanted of a board of no row\n");
		return -EINVAL;
	}
	return 0;
}

/* One register's bytes as they stand on the bus, and its value. */
static inline u32 vme_params_get(const u8 *bytes, unsigned int width)
{
	u32 value = 0;
	unsigned int i;

	for (i = 0; i < width; i++)
		value |= (u32)bytes[i] << 8 * (the_board.little_endian ? i : width - 1 - i);
	return value;
}

static inline void vme_params_put(u8 *bytes, unsigned int width, u32 value)
{
	unsigned int i;

	for (i = 0; i < width; i++)
		bytes[i] = value >> 8 * (the_board.little_endian ? i : width - 1 - i);
}

static inline bool vme_params_is_set(const struct vme_field *field, u32 value)
{
	return !!(value & field->mask) != !!field->active_low;
}

static inline u32 vme_params_with(const struct vme_field *field, bool set, u32 value)
{
	return set != !!field->active_low ? value | field->mask : value & ~field->mask;
}

#endif

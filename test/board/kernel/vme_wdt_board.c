// SPDX-License-Identifier: GPL-2.0
/*
 * Plays a VME board with a watchdog, for tests: its registers are a slave
 * window of the kernel's fake bridge, which tells by its location monitors that
 * somebody was there. It counts down, raises half, and when nobody pets it in
 * time it resets the machine, as the board's own reset line would. The figures
 * are those of the driver's table and parameters.
 *
 * What it cannot play: it lives in the kernel that it guards, so one that hangs
 * with interrupts off stops it too; and of a register it sees what was written,
 * not that it was read.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/io.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/reboot.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

#include "vme_wdt_params.h"

static bool bite = true;
module_param(bite, bool, 0444);
MODULE_PARM_DESC(bite, "Reset the machine at the end of the countdown, else only count it");

static unsigned long long keep;
module_param(keep, ullong, 0444);
MODULE_PARM_DESC(keep, "Physical page that a reset keeps, for the reset status (0: none)");

static unsigned int leak;
module_param(leak, uint, 0444);
MODULE_PARM_DESC(leak, "Bytes left behind at unload: the test of leaks must find them");

static bool counting;
module_param(counting, bool, 0444);
MODULE_PARM_DESC(counting, "The countdown runs (to read; given: it runs from the start)");

static unsigned long kicks, wrong, halves, bites, timeout_ms;
module_param(kicks, ulong, 0444);
MODULE_PARM_DESC(kicks, "Pets so far (to read)");
module_param(wrong, ulong, 0444);
MODULE_PARM_DESC(wrong, "Keys out of order or of another value (to read)");
module_param(halves, ulong, 0444);
MODULE_PARM_DESC(halves, "Half timeouts (to read)");
module_param(bites, ulong, 0444);
MODULE_PARM_DESC(bites, "Countdowns that came to their end (to read)");
module_param(timeout_ms, ulong, 0444);
MODULE_PARM_DESC(timeout_ms, "Step in force, ms (to read)");

static unsigned int stuck;
module_param(stuck, uint, 0644);
MODULE_PARM_DESC(stuck, "Bits of the control register that writes do not change");

#define LM_BYTES	8	/* of one location monitor of the fake bridge */
#define KEPT_MAGIC	0x564d4557	/* the watchdog has reset the board */

static struct {
	struct vme_dev *vdev;
	struct vme_resource *window;
	struct vme_resource *monitor;
	size_t window_size;
	dma_addr_t bus_address;
	u8 *memory;			/* of the window; registers begin somewhere in it */
	u8 *registers;
	u32 *kept;
	spinlock_t lock;		/* the registers and all that follows */
	unsigned int next_key;
	u32 control;			/* as it was after the last write */
	unsigned long started;		/* the count, jiffies */
	bool past_half;
	bool rings;			/* the half-timeout interrupt may be raised */
	struct timer_list timer;
	struct work_struct ring;
} it;

static u32 get(unsigned int offset, unsigned int width)
{
	return vme_params_get(it.registers + offset, width);
}

static void put(const struct vme_field *field, bool set)
{
	if (field->mask)
		vme_params_put(it.registers + field->offset, field->width,
			       vme_params_with(field, set, get(field->offset, field->width)));
}

/* What stands in a key's register while nothing was written: no key of it. */
static u32 idle(const struct vme_key *key)
{
	u32 value = ~0U >> (32 - 8 * key->width);
	unsigned int i;

	for (i = 0; i < the_board.keys_count; i++)
		if (the_board.keys[i].offset == key->offset &&
		    the_board.keys[i].value == value) {
			value--;
			i = -1;
		}
	return value;
}

/* The steps are taps of one counter: another step leaves the count as it is. */
static void count_on(void)
{
	it.past_half = false;
	put(&the_board.half, false);
	mod_timer(&it.timer, it.started + msecs_to_jiffies(timeout_ms / 2));
}

static void count_from_start(void)
{
	it.started = jiffies;
	count_on();
}

static void bite_now(void)
{
	if (it.kept)
		*it.kept = KEPT_MAGIC;
	pr_emerg("no pet in %lu ms after %lu: reset\n", timeout_ms, kicks);
	emergency_restart();
}

static void take_keys(void)
{
	unsigned int i;

	for (i = 0; i < the_board.keys_count; i++) {
		const struct vme_key *key = &the_board.keys[i];
		const struct vme_key *wanted = &the_board.keys[it.next_key];
		u32 value = get(key->offset, key->width);

		if (value == idle(key))
			continue;
		vme_params_put(it.registers + key->offset, key->width, idle(key));
		if (key->offset != wanted->offset || value != wanted->value) {
			wrong++;
			it.next_key = 0;
		} else if (++it.next_key == the_board.keys_count) {
			it.next_key = 0;
			kicks++;
			if (counting)
				count_from_start();
		}
	}
}

static void take_control(void)
{
	u32 value = get(the_board.enable.offset, the_board.enable.width);
	unsigned long wanted = 0;
	unsigned int i;
	bool set;

	value = (value & ~stuck) | (it.control & stuck);
	vme_params_put(it.registers + the_board.enable.offset, the_board.enable.width, value);
	it.control = value;
	set = vme_params_is_set(&the_board.enable, value);
	for (i = 0; i < the_board.steps_count; i++)
		if (the_board.steps[i].code == (value & the_board.timeout_mask))
			wanted = the_board.steps[i].ms;
	if (set && !counting) {
		timeout_ms = wanted;
		count_from_start();
	} else if (set && wanted != timeout_ms) {
		timeout_ms = wanted;
		count_on();
		/* A tap that is over bites at once, and no pet comes in between. */
		if (time_after_eq(jiffies, it.started + msecs_to_jiffies(wanted))) {
			bites++;
			if (bite)
				bite_now();
		}
	} else if (!set && the_board.can_stop) {
		del_timer(&it.timer);
	}
	counting = set || (counting && !the_board.can_stop);
}

/* Called by the bridge, whose lock is held: nothing here may go on the bus. */
static void accessed(void *unused)
{
	unsigned long flags;

	spin_lock_irqsave(&it.lock, flags);
	take_keys();
	take_control();
	spin_unlock_irqrestore(&it.lock, flags);
}

static void ring(struct work_struct *work)
{
	vme_irq_generate(it.vdev, irq_level, irq_vector);
}

static void half_or_end(struct timer_list *timer)
{
	unsigned long flags;
	bool over;

	spin_lock_irqsave(&it.lock, flags);
	over = counting && it.past_half;
	if (over) {
		bites++;
	} else if (counting) {
		it.past_half = true;
		halves++;
		put(&the_board.half, true);
		mod_timer(&it.timer, it.started + msecs_to_jiffies(timeout_ms));
		if (irq_level && it.rings)
			schedule_work(&it.ring);
	}
	spin_unlock_irqrestore(&it.lock, flags);
	if (over && bite)
		bite_now();
}

static void power_on(void)
{
	unsigned int i;

	for (i = 0; i < the_board.keys_count; i++)
		vme_params_put(it.registers + the_board.keys[i].offset,
			       the_board.keys[i].width, idle(&the_board.keys[i]));
	put(&the_board.enable, false);
	put(&the_board.half, false);
	put(&the_board.status, false);
	if (it.kept && *it.kept == KEPT_MAGIC) {
		struct vme_field watchdog = the_board.status;

		watchdog.mask &= the_board.causes[0].mask;
		put(&watchdog, true);
		*it.kept = 0;
	}
	if (counting) {
		counting = false;
		vme_params_put(it.registers + the_board.enable.offset, the_board.enable.width,
			       get(the_board.enable.offset, the_board.enable.width) |
			       the_board.steps[the_board.steps_count - 1].code);
		put(&the_board.enable, true);
		take_control();
	}
}

static int open_window(void)
{
	/* The fake bridge's slave windows come in units of its own. */
	const size_t unit = vme_params_aspace() == VME_A16 ? 0x10 :
			    vme_params_aspace() == VME_A24 ? 0x1000 : 0x10000;
	const u64 start = ALIGN_DOWN(base, unit);
	int ret;

	it.window = vme_slave_request(it.vdev, vme_params_aspace(), vme_params_cycle());
	if (!it.window)
		return -EBUSY;
	it.window_size = ALIGN(base + the_board.size - start, unit);
	it.memory = vme_alloc_consistent(it.window, it.window_size, &it.bus_address);
	if (!it.memory)
		return -ENOMEM;
	memset(it.memory, 0, it.window_size);
	it.registers = it.memory + (base - start);
	power_on();
	ret = vme_slave_set(it.window, 1, start, it.window_size, it.bus_address,
			    vme_params_aspace(), vme_params_cycle());
	return ret;
}

/* The monitors lie side by side: control and keys must be under them. */
static int open_monitors(void)
{
	unsigned int first = the_board.enable.offset;
	unsigned int last = the_board.enable.offset;
	int i, ret;

	for (i = 0; i < the_board.keys_count; i++) {
		first = min(first, the_board.keys[i].offset);
		last = max(last, the_board.keys[i].offset);
	}
	it.monitor = vme_lm_request(it.vdev);
	if (!it.monitor)
		return -EBUSY;
	first = ALIGN_DOWN(first, LM_BYTES);
	if (last >= first + LM_BYTES * vme_lm_count(it.monitor)) {
		pr_err("control and keys lie too far from each other to be watched\n");
		return -EINVAL;
	}
	ret = vme_lm_set(it.monitor, base + first, vme_params_aspace(), vme_params_cycle());
	for (i = 0; !ret && i < vme_lm_count(it.monitor); i++)
		ret = vme_lm_attach(it.monitor, i, accessed, NULL);
	return ret;
}

static void close_all(void)
{
	unsigned long flags;
	int i;

	if (it.monitor) {
		for (i = 0; i < vme_lm_count(it.monitor); i++)
			vme_lm_detach(it.monitor, i);
		vme_lm_free(it.monitor);
	}
	spin_lock_irqsave(&it.lock, flags);
	counting = false;
	it.rings = false;
	spin_unlock_irqrestore(&it.lock, flags);
	del_timer_sync(&it.timer);
	cancel_work_sync(&it.ring);
	if (it.window) {
		/* The fake bridge looks at a disabled window, too, but not at one of no size. */
		vme_slave_set(it.window, 0, 0, 0, 0, vme_params_aspace(), vme_params_cycle());
		if (it.memory)
			vme_free_consistent(it.window, it.window_size, it.memory, it.bus_address);
		vme_slave_free(it.window);
	}
}

static int board_match(struct vme_dev *vdev)
{
	return vme_bus_num(vdev) == bus;
}

static int board_probe(struct vme_dev *vdev)
{
	int ret;

	it.vdev = vdev;
	it.rings = true;
	ret = open_window();
	if (!ret)
		ret = open_monitors();
	if (ret)
		close_all();
	else
		pr_info("%s at 0x%llx in %s\n", the_board.name, base, aspace);
	return ret;
}

static void board_remove(struct vme_dev *vdev)
{
	close_all();
}

static struct vme_driver board_driver = {
	.name = KBUILD_MODNAME,
	.match = board_match,
	.probe = board_probe,
	.remove = board_remove,
};

static int __init board_init(void)
{
	int ret = vme_params_read();

	if (ret)
		return ret;
	if (keep) {
		it.kept = memremap(keep, PAGE_SIZE, MEMREMAP_WB);
		if (!it.kept)
			return -ENOMEM;
	}
	spin_lock_init(&it.lock);
	timer_setup(&it.timer, half_or_end, 0);
	INIT_WORK(&it.ring, ring);
	ret = vme_register_driver(&board_driver, 1);
	if (ret && it.kept)
		memunmap(it.kept);
	return ret;
}

static void __exit board_exit(void)
{
	vme_unregister_driver(&board_driver);
	if (it.kept)
		memunmap(it.kept);
	if (leak)
		kmalloc(leak, GFP_KERNEL);
}

module_init(board_init);
module_exit(board_exit);

MODULE_DESCRIPTION("Plays a VME board with a watchdog, for tests");
MODULE_LICENSE("GPL");

// SPDX-License-Identifier: GPL-2.0
/*
 * A watchdog in the register window of a VME board, as a standard watchdog.
 *
 * The board counts in steps: a timeout is the longest step that is not above
 * what was asked for, and is said in whole seconds, rounded up: it is never
 * later than what was said that the board is reset. Half of the
 * countdown is the pretimeout: by a VME interrupt, or where the board raises
 * none by a look at its half bit. Nothing is probed: the registers are where
 * the parameters say.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/device.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/watchdog.h>
#include <linux/workqueue.h>

#include "vme_wdt_params.h"

/* Bridges move windows in steps of this size at the most. */
#define WINDOW_ALIGNMENT	0x10000ULL

static unsigned int timeout = 60;
module_param(timeout, uint, 0444);
MODULE_PARM_DESC(timeout, "Seconds at first, rounded down to a step (default: 60)");

static bool nowayout = WATCHDOG_NOWAYOUT;
module_param(nowayout, bool, 0444);
MODULE_PARM_DESC(nowayout, "Cannot be stopped once started (default: "
			   __MODULE_STRING(WATCHDOG_NOWAYOUT) ")");

struct vme_wdt {
	struct watchdog_device wdd;
	struct watchdog_info info;
	struct vme_dev *vdev;
	struct vme_resource *window;
	unsigned int lead;		/* from the window's start to the registers */
	const struct vme_step *step;
	bool warns;			/* a pretimeout of the board's is wanted */
	struct delayed_work half_work;
};

static unsigned int seconds(unsigned int ms)
{
	return ms / MSEC_PER_SEC;
}

/* What a step is said to be. */
static unsigned int seconds_of(const struct vme_step *step)
{
	return step->ms / MSEC_PER_SEC + !!(step->ms % MSEC_PER_SEC);
}

/*
 * Who pets at half of what is said must be in time with a quarter to spare:
 * 1.1 s, said as 2, would end a moment after its pet was due.
 */
static bool is_usable(const struct vme_step *step)
{
	return step->ms >= MSEC_PER_SEC &&
	       8ULL * step->ms >= 5ULL * MSEC_PER_SEC * seconds_of(step);
}

static int vme_wdt_read(struct vme_wdt *wdt, unsigned int offset,
			unsigned int width, u32 *value)
{
	u32 raw = 0;
	ssize_t got = vme_master_read(wdt->window, &raw, width, wdt->lead + offset);

	if (got < 0)
		return got;
	if (got != width)
		return -EIO;
	*value = vme_params_get((u8 *)&raw, width);
	return 0;
}

static int vme_wdt_write(struct vme_wdt *wdt, unsigned int offset,
			 unsigned int width, u32 value)
{
	u32 raw = 0;
	ssize_t put;

	vme_params_put((u8 *)&raw, width, value);
	put = vme_master_write(wdt->window, &raw, width, wdt->lead + offset);
	if (put < 0)
		return put;
	return put == width ? 0 : -EIO;
}

static int vme_wdt_read_field(struct vme_wdt *wdt, const struct vme_field *field,
			      u32 *value)
{
	return vme_wdt_read(wdt, field->offset, field->width, value);
}

static int vme_wdt_write_keys(struct vme_wdt *wdt)
{
	unsigned int i;
	int ret;

	for (i = 0; i < the_board.keys_count; i++) {
		const struct vme_key *key = &the_board.keys[i];

		ret = vme_wdt_write(wdt, key->offset, key->width, key->value);
		if (ret)
			return ret;
	}
	return 0;
}

static int vme_wdt_ping(struct watchdog_device *wdd)
{
	struct vme_wdt *wdt = watchdog_get_drvdata(wdd);
	int ret = vme_wdt_write_keys(wdt);

	if (ret)
		return ret;
	/* Late enough for the bit to be there, whatever the board's clock. */
	if (wdt->warns && wdd->pretimeout && !irq_level)
		mod_delayed_work(system_highpri_wq, &wdt->half_work,
				 msecs_to_jiffies(wdt->step->ms / 2 + wdt->step->ms / 16));
	return 0;
}

static int vme_wdt_set_control(struct vme_wdt *wdt, u32 value)
{
	const struct vme_field *field = &the_board.enable;
	const u32 ours = field->mask | the_board.timeout_mask;
	u32 held;
	int ret;

	ret = vme_wdt_write(wdt, field->offset, field->width, value);
	if (!ret)
		ret = vme_wdt_ping(&wdt->wdd);
	if (!ret)
		ret = vme_wdt_read_field(wdt, field, &held);
	if (ret)
		return ret;
	if ((held ^ value) & ours) {
		dev_err(&wdt->vdev->dev, "control register keeps 0x%x, not 0x%x\n", held, value);
		return -EIO;
	}
	return 0;
}

/* A pretimeout that is not the board's is the core's, by a timer. */
static void vme_wdt_take_step(struct vme_wdt *wdt, const struct vme_step *step)
{
	wdt->step = step;
	wdt->wdd.timeout = seconds_of(step);
	if (wdt->warns)
		wdt->wdd.pretimeout = seconds(step->ms / 2);
	else if (wdt->wdd.pretimeout >= wdt->wdd.timeout)
		wdt->wdd.pretimeout = 0;
}

/* The step that the control register holds. */
static void vme_wdt_take_held(struct vme_wdt *wdt, u32 control)
{
	unsigned int i;

	for (i = 0; i < the_board.steps_count; i++)
		if (the_board.steps[i].code == (control & the_board.timeout_mask) &&
		    is_usable(&the_board.steps[i]))
			vme_wdt_take_step(wdt, &the_board.steps[i]);
}

/*
 * What counts and cannot be stopped is petted by the core where nobody has it
 * open, and keeps the module loaded: an open that fails gives back the core's
 * own reference.
 */
static void vme_wdt_keep_counting(struct vme_wdt *wdt)
{
	if (test_and_set_bit(WDOG_HW_RUNNING, &wdt->wdd.status))
		return;
	__module_get(THIS_MODULE);
	watchdog_set_last_hw_keepalive(&wdt->wdd, 0);
}

static void vme_wdt_restore(struct vme_wdt *wdt, u32 before)
{
	const struct vme_field *field = &the_board.enable;

	if (vme_wdt_write(wdt, field->offset, field->width, before))
		dev_err(&wdt->vdev->dev, "control register cannot be restored\n");
}

/* What nobody will pet must not count, nor faster than is known. */
static void vme_wdt_undo_start(struct vme_wdt *wdt, u32 before)
{
	const struct vme_field *field = &the_board.enable;
	u32 held;

	if (the_board.can_stop)
		return vme_wdt_restore(wdt, before);
	if (vme_params_is_set(field, before)) {
		vme_wdt_restore(wdt, before);
		vme_wdt_take_held(wdt, before);
	} else if (!vme_wdt_read_field(wdt, field, &held)) {
		if (!vme_params_is_set(field, held))
			return vme_wdt_restore(wdt, before);
		/* It counts; what was there before would only change its step. */
		vme_wdt_take_held(wdt, held);
	}
	vme_wdt_keep_counting(wdt);
}

/* Never passes through a stopped watchdog; leaves every other bit as it was. */
static int vme_wdt_start(struct watchdog_device *wdd)
{
	struct vme_wdt *wdt = watchdog_get_drvdata(wdd);
	const struct vme_field *field = &the_board.enable;
	u32 before, after;
	int ret;

	ret = vme_wdt_read_field(wdt, field, &before);
	if (ret)
		return ret;
	/* Of one counter the steps are taps: a shorter one may be over already. */
	if (vme_params_is_set(field, before)) {
		ret = vme_wdt_write_keys(wdt);
		if (ret)
			return ret;
	}
	after = (before & ~the_board.timeout_mask) | wdt->step->code;
	after = vme_params_with(field, true, after);
	ret = vme_wdt_set_control(wdt, after);
	if (ret) {
		vme_wdt_undo_start(wdt, before);
		return ret;
	}
	/* So that the module stays while it counts, even if it is closed. */
	set_bit(WDOG_HW_RUNNING, &wdd->status);
	return 0;
}

static int vme_wdt_clear_enable(struct vme_wdt *wdt)
{
	const struct vme_field *field = &the_board.enable;
	u32 value;
	int ret;

	ret = vme_wdt_read_field(wdt, field, &value);
	if (ret)
		return ret;
	ret = vme_wdt_write(wdt, field->offset, field->width,
			    vme_params_with(field, false, value));
	if (ret)
		return ret;
	ret = vme_wdt_read_field(wdt, field, &value);
	if (ret)
		return ret;
	return vme_params_is_set(field, value) ? -EBUSY : 0;
}

static int vme_wdt_stop(struct watchdog_device *wdd)
{
	struct vme_wdt *wdt = watchdog_get_drvdata(wdd);
	int ret = vme_wdt_clear_enable(wdt);

	if (ret) {
		/* The core has cleared it, and would let the module go. */
		set_bit(WDOG_HW_RUNNING, &wdd->status);
		return ret;
	}
	cancel_delayed_work_sync(&wdt->half_work);
	return 0;
}

/* The longest step that is not above so many seconds. */
static const struct vme_step *vme_wdt_step(unsigned int wanted)
{
	const struct vme_step *found = NULL;
	unsigned int i;

	for (i = 0; i < the_board.steps_count; i++)
		if (is_usable(&the_board.steps[i]) &&
		    the_board.steps[i].ms <= (u64)wanted * MSEC_PER_SEC)
			found = &the_board.steps[i];
	return found;
}

static int vme_wdt_set_timeout(struct watchdog_device *wdd, unsigned int wanted)
{
	struct vme_wdt *wdt = watchdog_get_drvdata(wdd);
	const struct vme_step *step = vme_wdt_step(wanted);
	const struct vme_step *before = wdt->step;
	unsigned int pretimeout = wdd->pretimeout;
	int ret;

	if (!step)
		return -EINVAL;
	vme_wdt_take_step(wdt, step);
	if (!watchdog_active(wdd) && !watchdog_hw_running(wdd))
		return 0;
	ret = vme_wdt_start(wdd);
	if (ret) {
		vme_wdt_take_step(wdt, before);
		/* The core's own is 0 since the step that failed, if that is shorter. */
		wdd->pretimeout = pretimeout;
	}
	return ret;
}

/* The board knows one pretimeout, half of the countdown. */
static int vme_wdt_set_pretimeout(struct watchdog_device *wdd, unsigned int wanted)
{
	struct vme_wdt *wdt = watchdog_get_drvdata(wdd);

	if (wanted && !seconds(wdt->step->ms / 2))
		return -EINVAL;
	wdt->warns = wanted;
	wdd->pretimeout = wanted ? seconds(wdt->step->ms / 2) : 0;
	if (!wanted)
		cancel_delayed_work_sync(&wdt->half_work);
	return 0;
}

static void vme_wdt_look_at_half(struct work_struct *work)
{
	struct vme_wdt *wdt = container_of(to_delayed_work(work), struct vme_wdt, half_work);
	u32 value;

	if (wdt->wdd.pretimeout && !vme_wdt_read_field(wdt, &the_board.half, &value) &&
	    vme_params_is_set(&the_board.half, value))
		watchdog_notify_pretimeout(&wdt->wdd);
}

/* The bus may be locked by whom this interrupts: nothing is read here. */
static void vme_wdt_irq(int level, int vector, void *data)
{
	struct vme_wdt *wdt = data;

	if (wdt->wdd.pretimeout)
		watchdog_notify_pretimeout(&wdt->wdd);
}

static const struct watchdog_ops vme_wdt_ops = {
	.owner = THIS_MODULE,
	.start = vme_wdt_start,
	.stop = vme_wdt_stop,
	.ping = vme_wdt_ping,
	.set_timeout = vme_wdt_set_timeout,
	.set_pretimeout = vme_wdt_set_pretimeout,
};

/* A closed one that cannot be stopped is petted by the watchdog core. */
static const struct watchdog_ops vme_wdt_ops_without_stop = {
	.owner = THIS_MODULE,
	.start = vme_wdt_start,
	.ping = vme_wdt_ping,
	.set_timeout = vme_wdt_set_timeout,
	.set_pretimeout = vme_wdt_set_pretimeout,
};

static int vme_wdt_open_window(struct vme_wdt *wdt)
{
	const u64 start = base & ~(WINDOW_ALIGNMENT - 1);
	const u64 length = ALIGN(base + the_board.size - start, WINDOW_ALIGNMENT);

	wdt->lead = base - start;
	wdt->window = vme_master_request(wdt->vdev, vme_params_aspace(),
					 vme_params_cycle(), dwidth / 8);
	if (!wdt->window)
		return -EBUSY;
	/* VME_D8, VME_D16, VME_D32 are their bytes. */
	return vme_master_set(wdt->window, 1, start, length, vme_params_aspace(),
			      vme_params_cycle(), dwidth / 8);
}

/* Why the board restarted, and whether it counts already. */
static int vme_wdt_look(struct vme_wdt *wdt)
{
	struct watchdog_device *wdd = &wdt->wdd;
	u32 all, control, why, i;
	int ret;

	ret = vme_wdt_read_field(wdt, &the_board.enable, &control);
	if (ret)
		return ret;
	why = ~0U;
	if (the_board.status.mask) {
		ret = vme_wdt_read_field(wdt, &the_board.status, &why);
		if (ret)
			return ret;
	}
	/* What nobody answers for reads as ones. */
	all = ~0U >> (32 - 8 * the_board.enable.width);
	if (control == all &&
	    (!the_board.status.mask || why == ~0U >> (32 - 8 * the_board.status.width))) {
		dev_err(&wdt->vdev->dev, "nothing answers at 0x%llx in %s\n", base, aspace);
		return -ENODEV;
	}
	for (i = 0; the_board.status.mask && i < the_board.causes_count; i++) {
		struct vme_field bit = the_board.status;

		bit.mask = the_board.causes[i].mask;
		if (vme_params_is_set(&bit, why))
			wdd->bootstatus |= the_board.causes[i].flag;
	}
	if (!vme_params_is_set(&the_board.enable, control))
		return 0;
	vme_wdt_take_held(wdt, control);
	set_bit(WDOG_HW_RUNNING, &wdd->status);
	return 0;
}

static void vme_wdt_describe(struct vme_wdt *wdt)
{
	struct watchdog_device *wdd = &wdt->wdd;
	const struct vme_step *longest = vme_wdt_step(UINT_MAX);

	wdt->info.options = WDIOF_SETTIMEOUT | WDIOF_MAGICCLOSE | WDIOF_KEEPALIVEPING;
	if (the_board.half.mask || irq_level)
		wdt->info.options |= WDIOF_PRETIMEOUT;
	if (the_board.status.mask)
		wdt->info.options |= WDIOF_CARDRESET;
	snprintf(wdt->info.identity, sizeof(wdt->info.identity), "VME %s", the_board.name);

	wdd->info = &wdt->info;
	wdd->ops = the_board.can_stop ? &vme_wdt_ops : &vme_wdt_ops_without_stop;
	wdd->parent = &wdt->vdev->dev;
	wdd->min_timeout = 1;
	while (!vme_wdt_step(wdd->min_timeout))
		wdd->min_timeout++;
	wdd->max_timeout = seconds_of(longest);
	/* The core wants to know it of what cannot be stopped. */
	if (!the_board.can_stop)
		wdd->max_hw_heartbeat_ms =
			min_t(u64, (u64)wdd->max_timeout * MSEC_PER_SEC, UINT_MAX);
	watchdog_set_drvdata(wdd, wdt);
	watchdog_set_nowayout(wdd, nowayout);
}

static int vme_wdt_match(struct vme_dev *vdev)
{
	return vme_bus_num(vdev) == bus;
}

static int vme_wdt_probe(struct vme_dev *vdev)
{
	struct vme_wdt *wdt;
	int ret;

	wdt = kzalloc(sizeof(*wdt), GFP_KERNEL);
	if (!wdt)
		return -ENOMEM;
	wdt->vdev = vdev;
	INIT_DELAYED_WORK(&wdt->half_work, vme_wdt_look_at_half);
	vme_wdt_describe(wdt);
	vme_wdt_take_step(wdt, vme_wdt_step(max(timeout, wdt->wdd.min_timeout)));

	ret = vme_wdt_open_window(wdt);
	if (!ret)
		ret = vme_wdt_look(wdt);
	if (!ret && irq_level)
		ret = vme_irq_request(vdev, irq_level, irq_vector, vme_wdt_irq, wdt);
	if (ret)
		goto err_window;
	ret = watchdog_register_device(&wdt->wdd);
	if (ret)
		goto err_irq;
	dev_set_drvdata(&vdev->dev, wdt);
	dev_info(&vdev->dev, "%s at 0x%llx in %s, data width %u: watchdog%d, %u s%s\n",
		 the_board.name, base, aspace, dwidth, wdt->wdd.id, wdt->wdd.timeout,
		 watchdog_hw_running(&wdt->wdd) ? ", counting already" : "");
	return 0;

err_irq:
	if (irq_level)
		vme_irq_free(vdev, irq_level, irq_vector);
err_window:
	if (wdt->window)
		vme_master_free(wdt->window);
	kfree(wdt);
	return ret;
}

/* An armed one is left counting: whoever takes the driver away is missed. */
static void vme_wdt_remove(struct vme_dev *vdev)
{
	struct vme_wdt *wdt = dev_get_drvdata(&vdev->dev);

	if (irq_level) {
		vme_irq_free(vdev, irq_level, irq_vector);
		/* The bus does not wait for a handler that runs. */
		synchronize_rcu();
	}
	watchdog_unregister_device(&wdt->wdd);
	cancel_delayed_work_sync(&wdt->half_work);
	vme_master_free(wdt->window);
	kfree(wdt);
}

static struct vme_driver vme_wdt_driver = {
	.name = KBUILD_MODNAME,
	.match = vme_wdt_match,
	.probe = vme_wdt_probe,
	.remove = vme_wdt_remove,
};

static int __init vme_wdt_init(void)
{
	int ret = vme_params_read();

	if (ret)
		return ret;
	if (!vme_wdt_step(UINT_MAX)) {
		pr_err("steps: none is as long as a second\n");
		return -EINVAL;
	}
	return vme_register_driver(&vme_wdt_driver, 1);
}

static void __exit vme_wdt_exit(void)
{
	vme_unregister_driver(&vme_wdt_driver);
}

module_init(vme_wdt_init);
module_exit(vme_wdt_exit);

MODULE_DESCRIPTION("Watchdog in a VME board's register window");
MODULE_LICENSE("GPL");

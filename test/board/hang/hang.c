// SPDX-License-Identifier: GPL-2.0
/* Loading this module hangs the kernel of a test board for good: nothing of the system runs after it. */
#include <linux/compiler.h>
#include <linux/irqflags.h>
#include <linux/module.h>
#include <linux/preempt.h>
#include <linux/string.h>

static char *how = "irqs_off";
module_param(how, charp, 0);
MODULE_PARM_DESC(how, "irqs_off: a loop with interrupts off; preempt_off: a loop that ticks and softlockup can see");

static int __init hang_init(void)
{
	const bool irqs_off = !strcmp(how, "irqs_off");

	if (!irqs_off && strcmp(how, "preempt_off"))
		return -EINVAL;
	pr_err("hang: %s\n", how);
	if (irqs_off)
		local_irq_disable();
	else
		preempt_disable();
	/* Not cpu_relax(): an emulated processor stops to think about every PAUSE. */
	for (;;)
		barrier();
	return 0;
}
module_init(hang_init);

MODULE_DESCRIPTION("Hangs the kernel of a test board");
MODULE_LICENSE("GPL");

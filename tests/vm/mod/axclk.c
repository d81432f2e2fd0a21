// SPDX-License-Identifier: MIT
/*
 * A clock whose rate can be set and that drives nothing. cpufreq-dt sets it, so that
 * cpuinfo_cur_freq under QEMU follows the governor.
 */

#include <linux/clk-provider.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/platform_device.h>

struct axclk {
	struct clk_hw hw;
	unsigned long rate; /* Hz */
};

static unsigned long axclk_recalc_rate(struct clk_hw *hw, unsigned long parent_rate)
{
	return container_of(hw, struct axclk, hw)->rate;
}

/* Any rate will do: the OPP table is what limits them. */
static int axclk_determine_rate(struct clk_hw *hw, struct clk_rate_request *request)
{
	return 0;
}

static int axclk_set_rate(struct clk_hw *hw, unsigned long rate, unsigned long parent_rate)
{
	container_of(hw, struct axclk, hw)->rate = rate;
	return 0;
}

static const struct clk_ops axclk_ops = {
	.recalc_rate = axclk_recalc_rate,
	.determine_rate = axclk_determine_rate,
	.set_rate = axclk_set_rate,
};

static int axclk_probe(struct platform_device *pdev)
{
	struct clk_init_data init = {
		.name = pdev->dev.of_node->full_name,
		.ops = &axclk_ops,
		.flags = CLK_GET_RATE_NOCACHE,
	};
	struct axclk *clk = devm_kzalloc(&pdev->dev, sizeof(*clk), GFP_KERNEL);
	u32 rate;
	int r;

	if (!clk)
		return -ENOMEM;
	r = of_property_read_u32(pdev->dev.of_node, "clock-frequency", &rate);
	if (r)
		return r;
	clk->rate = rate;
	clk->hw.init = &init;
	r = devm_clk_hw_register(&pdev->dev, &clk->hw);
	if (r)
		return r;
	return devm_of_clk_add_hw_provider(&pdev->dev, of_clk_hw_simple_get, &clk->hw);
}

static const struct of_device_id axclk_ids[] = { { .compatible = "test,axclk" }, {} };
MODULE_DEVICE_TABLE(of, axclk_ids);

static struct platform_driver axclk_driver = {
	.probe = axclk_probe,
	.driver = { .name = KBUILD_MODNAME, .of_match_table = axclk_ids },
};
module_platform_driver(axclk_driver);

MODULE_DESCRIPTION("settable clock without hardware");
MODULE_LICENSE("Dual MIT/GPL");

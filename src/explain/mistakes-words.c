/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>

#include "explain.h"
#include "mistakes.h"

const char *
bs_mistake_title (const BsMistake *self)
{
  static const char *const titles[BS_N_MISTAKES] = {
    [BS_MISTAKE_NOT_CLEARED] = N_("Nobody cleared the gradient"),
    [BS_MISTAKE_REBOUND] = N_("The name has left the parameter"),
    [BS_MISTAKE_NO_GRADIENT] = N_("A parameter that nothing depends on"),
    [BS_MISTAKE_BROADCAST] = N_("Every one against every other"),
    [BS_MISTAKE_NAN] = N_("Here the first number was lost"),
    [BS_MISTAKE_DIVERGES] = N_("The loss grows: steps too large"),
    [BS_MISTAKE_TOO_SLOW] = N_("The loss hardly falls: steps too small"),
    [BS_MISTAKE_DEAD_RELU] = N_("A dead ReLU"),
    [BS_MISTAKE_SATURATED] = N_("A saturated unit"),
    [BS_MISTAKE_NOT_STEPPED] = N_("Gradients that nobody uses"),
    [BS_MISTAKE_CLEARED_EARLY] = N_("Cleared before it was used"),
    [BS_MISTAKE_LEFT_OUT] = N_("A parameter that no optimizer changes"),
    [BS_MISTAKE_CUT] = N_("Here the way to the loss is cut"),
    [BS_MISTAKE_NOT_A_LEAF] = N_("The .grad of a computed tensor"),
    [BS_MISTAKE_TWO_SOFTMAX] = N_("Probabilities where scores belong"),
    [BS_MISTAKE_SUMS_GRAPHS] = N_("A sum that keeps every graph"),
  };

  return _(titles[self->kind]);
}

char *
bs_mistake_explain (BsRecording *recording, const BsMistake *self)
{
  g_autofree char *name = self->tensor ? bs_explain_name (recording, self->tensor, self->step) : g_strdup ("");

  switch (self->kind)
    {
    case BS_MISTAKE_NOT_CLEARED:
      return g_strdup_printf (_("%s.grad still held the gradient of the update before, and the new one was added to it. Call "
                                "optimizer.zero_grad(), or %s.grad.zero_(), before each backward()."), name, name);
    case BS_MISTAKE_REBOUND:
      return g_strdup_printf (_("%s is now the result of a computation, not the leaf it was: backward() fills the .grad of leaves "
                                "only, so this one stays None. Change the parameter in place instead: with torch.no_grad(): "
                                "%s -= lr * %s.grad."), name, name, name);
    case BS_MISTAKE_NO_GRADIENT:
      return g_strdup_printf (_("No loss depended on %s, so its .grad stayed None and no update changed it. Was it used at all, or "
                                "was its path cut by detach(), .data, .item() or no_grad()?"), name);
    case BS_MISTAKE_BROADCAST:
      return g_strdup_printf (_("One side has the shape (n), the other (n, 1): broadcasting makes (n, n), each element against each "
                                "other one, and the loss becomes another. Give both the same shape, with squeeze(1) or unsqueeze(1)."));
    case BS_MISTAKE_NAN:
      return g_strdup_printf (_("All that went into %s was finite, what came out is not (NaN or infinite), and it reached the loss or "
                                "a gradient. A logarithm or root of zero, a division by zero, or an exponential too large does that: "
                                "keep its argument away from there, or use a form made for it, such as log_softmax or "
                                "binary_cross_entropy_with_logits."), name);
    case BS_MISTAKE_DIVERGES:
      return g_strdup_printf (_("From here on the loss only grew, from %.4g to %.4g: each step jumps over the valley to a place that "
                                "is steeper still. Try a learning rate ten times smaller."), self->before, self->after);
    case BS_MISTAKE_TOO_SLOW:
      return g_strdup_printf (_("All iterations together took the loss only from %.5g to %.5g, and the slope at the end is as at the "
                                "beginning: it has not arrived. Try a learning rate ten times larger."), self->before, self->after);
    case BS_MISTAKE_DEAD_RELU:
      return g_strdup_printf (_("All results of this ReLU were 0 several times in a row: its slope is 0 there, so no gradient passes, "
                                "and what feeds it is not changed any more. A smaller learning rate, another start, or LeakyReLU "
                                "keeps it alive."));
    case BS_MISTAKE_NOT_STEPPED:
      return g_strdup_printf (_("%s gets a gradient in every pass, and it is cleared again before anything has changed %s: optimizer.step() is "
                                "missing, or zero_grad() stands between backward() and step(). The order is zero_grad(), backward(), "
                                "step()."), name, name);
    case BS_MISTAKE_CLEARED_EARLY:
      return g_strdup_printf (_("%s.grad was set to zero after backward() and before step(), so every step added zero times the learning "
                                "rate. The order is zero_grad(), backward(), step()."), name);
    case BS_MISTAKE_LEFT_OUT:
      return g_strdup_printf (_("%s gets a gradient in every pass, yet nothing ever changes it: was it given to the optimizer? If it is to "
                                "stay as it is, %s.requires_grad_(False) says so and saves the work."), name, name);
    case BS_MISTAKE_CUT:
      return g_strdup_printf (_("The loss is computed from %s only through this line, and no gradient passes it: detach(), .data and "
                                "no_grad() keep the number and drop the way it came. So %s.grad stays None. Leave the cut out, or take "
                                "requires_grad away from %s."), name, name, name);
    case BS_MISTAKE_NOT_A_LEAF:
      return g_strdup_printf (_("backward() leaves .grad only in leaves; for a tensor that was computed it is None. Call retain_grad() on it "
                                "before backward(), or look at the card in the graph: the gradient that flowed through it stands there."));
    case BS_MISTAKE_TWO_SOFTMAX:
      return g_strdup_printf (_("This loss makes probabilities of its scores itself. Given probabilities (%s), it does so twice: they are "
                                "squeezed together, and the gradients become small. Hand it the scores, without softmax or sigmoid."), name);
    case BS_MISTAKE_SUMS_GRAPHS:
      return g_strdup_printf (_("%s is added up from losses together with their graphs, so none of them can be let go and the memory grows "
                                "from pass to pass. Add the number alone: loss.item()."), name);
    default:
      return g_strdup_printf (_("All results lie where the curve is flat, several times in a row: the slope is nearly 0, so hardly any "
                                "gradient passes. Smaller weights at the start, or inputs of the size of 1, keep it where it is steep."));
    }
}

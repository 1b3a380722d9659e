/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <string.h>

#include "evaluate/fixes.h"
#include "evaluate/tokens.h"

/* --- numbers --------------------------------------------------------------------------------------------------------------- */

/* "lr=0.1" for each, in one string. */
static char *
literals (const char *text)
{
  g_autoptr (GArray) found = bs_literals_find (text, strlen (text));
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < found->len; i++)
    {
      const BsLiteral *l = &g_array_index (found, BsLiteral, i);
      g_autofree char *number = bs_literal_write (l, l->value);

      g_assert_cmpuint (l->end, <=, strlen (text));
      g_assert_cmpfloat (l->low, <=, l->value);
      g_assert_cmpfloat (l->high, >=, l->value);
      g_string_append_printf (out, "%s%s=%s", out->len ? " " : "", l->label, number);
    }
  return g_string_free (out, FALSE);
}

static void
assert_literals (const char *text, const char *expected)
{
  g_autofree char *found = literals (text);

  g_assert_cmpstr (found, ==, expected);
}

static void
test_literals (void)
{
  assert_literals ("lr = 0.1\n", "lr=0.1");
  assert_literals ("lr: float = 1e-3  # why\n", "lr=0.001");
  assert_literals ("lr, epochs = 0.1, 100\n", "lr=0.1 epochs=100");
  assert_literals ("total = 0\nw = 0.0\nseed = 0\n", "w=0.0 seed=0");
  assert_literals ("w = -3.0; b = 2\n", "w=-3.0");
  assert_literals ("for i in range(100):\n    pass\n", "i: range=100");
  assert_literals ("for i in range(1, 11):\n    pass\n", "i: range=11");
  assert_literals ("xs = [i for i in range(5)]\n", "");
  assert_literals ("w = torch.tensor(10.0, requires_grad=True)\n", "w=10.0");
  assert_literals ("p = torch.tensor([4.0, -1.0], requires_grad=True)\n", "p[0]=4.0 p[1]=-1.0");
  assert_literals ("x = torch.tensor([4.0, 1.0])\n", "");
  assert_literals ("w = nn.Parameter(torch.tensor(2.0))\n", "w=2.0");
  assert_literals ("torch.manual_seed(3)\n", "seed=3");
  assert_literals ("opt = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)\n", "lr=0.1 momentum=0.9");
  assert_literals ("opt = torch.optim.SGD([w, b], 0.1)\n", "lr=0.1");
  assert_literals ("w.data -= 0.05 * w.grad\n", "lr=0.05");
  assert_literals ("def descend(lr, steps=15):\n    pass\n", "steps=15");
  assert_literals ("y = x.sum(dim=1)\nz = nn.Linear(3, 4)\n", "");
  assert_literals ("# lr = 0.1\ns = 'lr = 0.1'\nt = \"\"\"\nlr = 3\n\"\"\"\n", "");
  assert_literals ("lr = 0.1 * 2\nx = 0x10\ny = 3j\n", "");
  /* broken texts */
  assert_literals ("f(\ndef g(n=3):\nlr = 0.5\n", "n=3 lr=0.5");
  assert_literals ("lr = 0.1\ns = 'open\nb = 2\n", "lr=0.1 b=2");
  assert_literals ("", "");
}

static void
test_places (void)
{
  const char *text = "# \303\266\nlr = 0.1\n";
  g_autoptr (GArray) found = bs_literals_find (text, strlen (text)), splices = g_array_new (FALSE, FALSE, sizeof (BsSplice));
  const BsLiteral *l = &g_array_index (found, BsLiteral, 0);
  BsSplice splice = { l->begin, l->end, "0.25" };
  g_autofree char *result = NULL;

  g_array_append_val (splices, splice);
  result = bs_splice (text, splices);
  g_assert_cmpstr (result, ==, "# \303\266\nlr = 0.25\n");
  g_assert_cmpuint (l->line, ==, 2);
}

static void
test_rounding (void)
{
  BsLiteral rate = { .kind = BS_LITERAL_RATE, .value = 0.1, .low = 0.001, .high = 10 }, count = { .is_integer = TRUE, .low = 1, .high = 9 };
  g_autofree char *three = bs_literal_write (&rate, bs_literal_round (&rate, 0.300001)), *whole = bs_literal_write (&rate, 2), *n = bs_literal_write (&count, bs_literal_round (&count, 3.6));

  g_assert_cmpstr (three, ==, "0.3");
  g_assert_cmpstr (whole, ==, "2.0"); /* it stays a float */
  g_assert_cmpstr (n, ==, "4");
}

/* --- switches ---------------------------------------------------------------------------------------------------------------- */

static void
test_toggles (void)
{
  const char *text = "opt.zero_grad()\nif x:\n    w.grad.zero_()\nx.zero_()\n# opt.step()\n# a word on opt.step()\npass  # w.grad = None\nloss = opt.step()\n";
  const struct { guint line; gboolean on; const char *statement; } expected[] = {
    { 1, TRUE, "opt.zero_grad()" }, { 3, TRUE, "w.grad.zero_()" }, { 5, FALSE, "opt.step()" }, { 7, FALSE, "w.grad = None" },
  };
  g_autoptr (GArray) found = bs_toggles_find (text, strlen (text));

  g_assert_cmpuint (found->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < found->len; i++)
    {
      const BsToggle *t = &g_array_index (found, BsToggle, i);
      g_autoptr (GArray) splices = g_array_new (FALSE, FALSE, sizeof (BsSplice)), again = NULL;
      BsSplice splice = { t->begin, t->end, t->other };
      g_autofree char *other = NULL;

      g_assert_cmpuint (t->line, ==, expected[i].line);
      g_assert_cmpint (t->is_on, ==, expected[i].on);
      g_assert_cmpstr (t->statement, ==, expected[i].statement);
      /* The other way it is found again, switched. */
      g_array_append_val (splices, splice);
      other = bs_splice (text, splices);
      again = bs_toggles_find (other, strlen (other));
      g_assert_cmpuint (again->len, ==, found->len);
      g_assert_cmpint (g_array_index (again, BsToggle, i).is_on, !=, t->is_on);
    }
}

/* --- fixes ------------------------------------------------------------------------------------------------------------------- */

static void
assert_fix (BsFixKind kind, const char *text, guint line, const char *expected)
{
  g_autoptr (GArray) splices = bs_fix_find (kind, text, line, "w");
  g_autofree char *result = splices ? bs_splice (text, splices) : NULL;

  g_assert_cmpstr (result, ==, expected);
}

static void
test_fixes (void)
{
  assert_fix (BS_FIX_CLEAR, "for i in x:\n    loss.backward()\n", 2, "for i in x:\n    w.grad = None\n    loss.backward()\n");
  assert_fix (BS_FIX_CLEAR, "opt = torch.optim.SGD([w], lr=1.)\nloss.backward()\n", 2, "opt = torch.optim.SGD([w], lr=1.)\nopt.zero_grad()\nloss.backward()\n");
  assert_fix (BS_FIX_CLEAR, "loss = f()\n", 1, NULL);
  assert_fix (BS_FIX_STEP, "opt = torch.optim.SGD([w], lr=1.)\nif 1:\n  loss.backward() # go\n", 3, "opt = torch.optim.SGD([w], lr=1.)\nif 1:\n  loss.backward() # go\n  opt.step()\n");
  assert_fix (BS_FIX_ORDER, "  loss.backward()\n  opt.zero_grad()\n  opt.step()\n", 2, "  opt.zero_grad()\n  loss.backward()\n  opt.step()\n");
  assert_fix (BS_FIX_NO_GRAD, "  w -= lr * w.grad\n  b -= lr * b.grad\n  print(w)\n", 1, "  with torch.no_grad():\n      w -= lr * w.grad\n      b -= lr * b.grad\n  print(w)\n");
  assert_fix (BS_FIX_NO_GRAD, "if 1: w -= lr * w.grad\n", 1, NULL);
  assert_fix (BS_FIX_IN_PLACE, "w = w - lr * w.grad\n", 1, "with torch.no_grad():\n    w -= lr * w.grad\n");
  assert_fix (BS_FIX_IN_PLACE, "w = w - lr * w.grad - 1\n", 1, NULL);
  assert_fix (BS_FIX_IN_PLACE, "w = v - lr * w.grad\n", 1, NULL);
  assert_fix (BS_FIX_ITEM, "total += loss\n", 1, "total += loss.item()\n");
  assert_fix (BS_FIX_ITEM, "total = total + loss\n", 1, "total = total + loss.item()\n");
  assert_fix (BS_FIX_SUM, "y.backward()\n", 1, "y.sum().backward()\n");
  assert_fix (BS_FIX_RETAIN, "loss.backward()\nprint(1)\nloss.backward()\n", 3, "loss.backward(retain_graph=True)\nprint(1)\nloss.backward()\n");
  assert_fix (BS_FIX_RETAIN, "while 1:\n    loss.backward()\n", 2, NULL);
  assert_fix (BS_FIX_NUMPY, "a = y.numpy()\n", 1, "a = y.detach().numpy()\n");
  assert_fix (BS_FIX_FLOAT, "w = torch.tensor([1, 2], requires_grad=True)\n", 1, "w = torch.tensor([1.0, 2.0], requires_grad=True)\n");
  assert_fix (BS_FIX_COPY, "y += 1\n", 1, "y = y + 1\n");
  assert_fix (BS_FIX_COPY, "y *= a + b\n", 1, "y = y * (a + b)\n");
  assert_fix (BS_FIX_SLOWER, "lr = 0.5\n", 0, "lr = 0.05\n");
  assert_fix (BS_FIX_SLOWER, "lr = 0.5\neta = 0.1\n", 0, NULL);
}

/* --- whatever comes ------------------------------------------------------------------------------------------------------------ */

static void
look (const char *text, gsize length)
{
  g_autoptr (GArray) found = bs_literals_find (text, length), toggles = bs_toggles_find (text, length), tokens = bs_tokens_read (text, length);
  guint32 last = 0;

  for (guint i = 0; i < tokens->len; i++)
    {
      const BsToken *t = &g_array_index (tokens, BsToken, i);

      g_assert_cmpuint (t->begin, >=, last);
      g_assert_cmpuint (t->end, <=, length);
      last = t->end;
    }
  for (guint kind = 0; kind < BS_N_FIXES; kind++)
    {
      g_autofree char *copy = g_strndup (text, length);
      GArray *splices = bs_fix_find (kind, copy, 3, "w");

      if (splices)
        g_array_unref (splices);
    }
}

static void
test_damage (void)
{
  const char *text = "import torch\nw = torch.tensor([1.0, 2.0], requires_grad=True)\nfor i in range(10):\n    loss = f'{w}' + \"\"\"a\n\"\"\"\n    w -= 0.1 * w.grad\n    opt.zero_grad()\n";
  gsize length = strlen (text);
  g_autoptr (GRand) random = g_rand_new_with_seed (1);

  for (gsize n = 0; n <= length; n++)
    look (text, n);
  for (guint k = 0; k < 2000; k++)
    {
      g_autofree char *copy = g_strdup (text);

      copy[g_rand_int_range (random, 0, length)] = g_rand_int_range (random, 1, 256);
      copy[g_rand_int_range (random, 0, length)] ^= 1 << g_rand_int_range (random, 0, 7);
      look (copy, strlen (copy));
    }
}

static void
test_huge (void)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < 40000; i++)
    g_string_append (text, "((((lr = 0.1\n");
  look (text->str, text->len);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/literals/found", test_literals);
  g_test_add_func ("/literals/places", test_places);
  g_test_add_func ("/literals/rounding", test_rounding);
  g_test_add_func ("/toggles", test_toggles);
  g_test_add_func ("/fixes", test_fixes);
  g_test_add_func ("/damage", test_damage);
  g_test_add_func ("/huge", test_huge);
  return g_test_run ();
}

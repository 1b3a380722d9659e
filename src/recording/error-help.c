/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>

#include "error-help.h"

typedef struct {
  const char *type;    /* NULL: any */
  const char *pattern; /* a GPatternSpec over the whole message */
  const char *sentence;
} Help;

/* The first row that fits counts, so the special ones stand before the general ones. */
static const Help rows[] = {
  /* autograd */
  { "RuntimeError", "Trying to backward through the graph a second time*",
    N_ ("The first backward() gave back the memory of its saved values; compute the loss again before the second one, "
        "or pass retain_graph=True to the first.") },
  { "RuntimeError", "a leaf Variable that requires grad is being used in an in-place operation*",
    N_ ("An in-place change of a leaf would destroy the value that gradients are taken at; put the update inside "
        "“with torch.no_grad():”, or write it through .data.") },
  { "RuntimeError", "a view of a leaf Variable that requires grad is being used in an in-place operation*",
    N_ ("This view shares the memory of a leaf that requires grad; change it inside “with torch.no_grad():”, or work on "
        "a clone().") },
  { "RuntimeError", "grad can be implicitly created only for scalar outputs*",
    N_ ("backward() starts with the gradient 1, which makes sense only for a single number; reduce the result with "
        ".sum() or .mean(), or pass a gradient of its shape.") },
  { "RuntimeError", "element * of tensors does not require grad and does not have a grad_fn*",
    N_ ("No recorded path leads from this value to a tensor with requires_grad=True: nothing required grad, or the path "
        "was cut by detach(), .data, .item() or no_grad().") },
  { "RuntimeError", "one of the variables needed for gradient computation has been modified by an inplace operation*",
    N_ ("An operation had saved this value for the backward, and an in-place change overwrote it since; write "
        "x = x + 1 instead of x += 1, or change a clone().") },
  { "RuntimeError", "One of the differentiated Tensors appears to not have been used in the graph*",
    N_ ("The result does not depend on one of the inputs; check the path between them, or pass allow_unused=True to "
        "get None for it.") },
  { "RuntimeError", "One of the differentiated Tensors does not require grad*",
    N_ ("autograd.grad() was asked for the gradient of a tensor that records none; create it with requires_grad=True.") },
  { "RuntimeError", "Only Tensors of floating point*can require gradients*",
    N_ ("Whole numbers have no slopes; write the numbers with a decimal point, or convert with .float().") },
  { "RuntimeError", "only Tensors of floating point*can require gradients*",
    N_ ("Whole numbers have no slopes; write the numbers with a decimal point, or convert with .float().") },
  { "RuntimeError", "Can't call numpy() on Tensor that requires grad*",
    N_ ("NumPy cannot record gradients; .detach().numpy() gives the same memory without the graph.") },
  { "RuntimeError", "can't retain_grad on Tensor that has requires_grad=False*",
    N_ ("No gradient will ever reach this tensor; set requires_grad on the leaf it is computed from.") },
  { "RuntimeError", "you can only change requires_grad flags of leaf variables*",
    N_ ("A computed tensor requires grad because its inputs do; use detach() for a copy outside the graph.") },
  { "RuntimeError", "assigned grad has data of a different size*",
    N_ (".grad must have exactly the shape of its tensor; look where the sum over a broadcast axis is missing.") },
  { "RuntimeError", "assigned grad has data of a different type*",
    N_ (".grad must have the dtype of its tensor; convert with .to(w.dtype).") },
  { "RuntimeError", "Only Tensors created explicitly by the user*support the deepcopy protocol*",
    N_ ("A copy of a computed tensor would belong to the same graph; copy x.detach() instead.") },
  { "RuntimeError", "Function * returned nan values in its * output*",
    N_ ("Anomaly detection stopped at the first gradient that is not a number; look at the forward line that made this "
        "node: a division by 0, the logarithm or root of 0, or an overflow.") },
  { "RuntimeError", "Mismatch in shape: grad_output*",
    N_ ("The gradient handed to backward() must have the shape of the tensor it is called on.") },

  /* shapes */
  { "RuntimeError", "mat1 and mat2 shapes cannot be multiplied*",
    N_ ("In a matrix product the columns of the first factor must be as many as the rows of the second; print both "
        "shapes: often one factor wants a transpose, or a layer another in_features.") },
  { "RuntimeError", "size mismatch, got*",
    N_ ("The matrix needs as many columns as the vector has elements.") },
  { "RuntimeError", "The size of tensor a (*) must match the size of tensor b (*) at non-singleton dimension *",
    N_ ("Shapes are compared from the right; each pair of sizes must be equal, or one of them 1.") },
  { "RuntimeError", "shape '*' is invalid for input of size *",
    N_ ("view and reshape keep the number of elements: the product of the new sizes must be the old one; -1 lets one of "
        "them be worked out.") },
  { "RuntimeError", "view size is not compatible with input tensor's size and stride*",
    N_ ("After a transpose the elements no longer lie in memory in this order; reshape() copies where view() cannot.") },
  { "RuntimeError", "Sizes of tensors must match except in dimension*",
    N_ ("cat joins along one dimension; all the other sizes must be equal.") },
  { "RuntimeError", "stack expects each tensor to be equal size*",
    N_ ("stack lays tensors of one shape on a new dimension; pad or cut them first.") },
  { "IndexError", "Dimension out of range*",
    N_ ("The tensor has fewer dimensions than this one asks for; dimensions count from 0, or from -1 at the end.") },
  { "IndexError", "index * is out of bounds for dimension*",
    N_ ("Indices run from 0 to the size minus 1.") },
  { "IndexError", "too many indices for tensor of dimension*",
    N_ ("There are more indices than dimensions; print the shape.") },
  { "IndexError", "Target * is out of bounds*",
    N_ ("Targets are class numbers from 0 to the number of classes minus 1; the scores need a column for each class.") },
  { "IndexError", "index out of range in self*",
    N_ ("An embedding was asked for a row it does not have; num_embeddings must exceed the largest index.") },
  { "IndexError", "invalid index of a 0-dim tensor*",
    N_ ("A tensor without dimensions has no element 0; .item() takes its number out.") },

  /* dtypes and conversions */
  { "RuntimeError", "expected scalar type Long but found *",
    N_ ("Whole numbers are wanted here: class numbers as targets, or indices; convert them with .long().") },
  { "RuntimeError", "expected scalar type * but found *",
    N_ ("Both sides need the same dtype; NumPy's floats are double, PyTorch's are float: convert with .float().") },
  { "RuntimeError", "result type * can't be cast to the desired output type *",
    N_ ("The result does not fit into the tensor changed in place; convert that tensor first, or write x = x * y.") },
  { "ValueError", "only one element tensors can be converted to Python scalars*",
    N_ (".item() and float() take the number out of a one-element tensor; use .tolist(), or .sum() or .mean() first.") },
  { "RuntimeError", "Boolean value of Tensor with more than one value is ambiguous*",
    N_ ("if and while need one truth value; say .any(), .all(), or compare a single element.") },
  { "RuntimeError", "mean(): could not infer output dtype*",
    N_ ("The mean of whole numbers need not be whole; convert with .float() first.") },
  { "RuntimeError", "*not implemented for 'Long'*",
    N_ ("This operation is for floating-point numbers; convert with .float().") },
  { "RuntimeError", "*not implemented for 'Int'*",
    N_ ("This operation is for floating-point numbers; convert with .float().") },

  /* machine */
  { "AssertionError", "Torch not compiled with CUDA enabled*",
    N_ ("There is no GPU here; leave .cuda() out, or write device = 'cuda' if torch.cuda.is_available() else 'cpu'.") },
  { "RuntimeError", "*DefaultCPUAllocator: can't allocate memory*",
    N_ ("The tensor would be larger than the memory a script may use; look for a size that is larger than meant.") },
  { "MemoryError", "*", N_ ("The script reached its memory limit; look for a list or tensor that keeps growing.") },
  { "ValueError", "optimizer got an empty parameter list*",
    N_ ("model.parameters() was empty: layers must be attributes of the module (self.fc = ...), or stand in a "
        "ModuleList, and a generator can be used only once.") },
  { "ValueError", "can't optimize a non-leaf Tensor*",
    N_ ("Optimizers update leaves; this tensor was computed. Call requires_grad_() on a detached copy.") },
  { "AttributeError", "cannot assign * before Module.__init__() call*",
    N_ ("Call super().__init__() as the first line of the module's __init__.") },
  { "AttributeError", "'NoneType' object has no attribute 'zero_'*",
    N_ (".grad is None until the first backward(); test “if w.grad is not None:” before clearing it.") },
  { "AttributeError", "'NoneType' object has no attribute *",
    N_ ("Something is None here: a .grad stays None until backward() has reached its leaf, and a function without return "
        "gives None.") },
  { "AttributeError", "'float' object has no attribute 'backward'*",
    N_ (".item() took a plain number out, which has forgotten how it was computed; call backward() on the tensor.") },
  { "TypeError", "unsupported operand type(s) for *'NoneType'*",
    N_ ("One of the values is None; a .grad is None before backward() has reached its tensor.") },

  /* the sandbox */
  { "PermissionError", "*",
    N_ ("Scripts run in a sandbox: no network, no other programs, no writing, and reading only from the script's own "
        "folder and Python's library.") },

  /* Python */
  { "ModuleNotFoundError", "No module named *",
    N_ ("The module is not installed for the system's Python, or its file does not stand beside the script.") },
  { "IndentationError", "*",
    N_ ("Lines of one block begin at the same column; do not mix tabs and spaces.") },
  { "NameError", "name '*' is not defined*",
    N_ ("Nothing has this name yet: look for a typing error, a missing import, or a line that runs later.") },
};

static gboolean
fits (const Help *row, const char *type, const char *message)
{
  return (row->type == NULL || g_strcmp0 (row->type, type) == 0) && g_pattern_match_simple (row->pattern, message);
}

const char *
bs_error_help (const char *type, const char *message)
{
  if (message == NULL)
    message = "";
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (fits (&rows[i], type, message))
      return _ (rows[i].sentence);
  return NULL;
}

const char *
bs_event_help (const BsEvent *error)
{
  const char *help;

  if (error->error.help != NULL && *error->error.help != '\0')
    return _ (error->error.help);
  help = bs_error_help (error->error.type, error->error.message);
  return help != NULL ? help : "";
}

gboolean
bs_error_help_row (guint i, const char **type, const char **pattern, const char **sentence)
{
  if (i >= G_N_ELEMENTS (rows))
    return FALSE;
  *type = rows[i].type;
  *pattern = rows[i].pattern;
  *sentence = rows[i].sentence;
  return TRUE;
}

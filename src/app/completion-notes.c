/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "completion.h"

/* What scripts use most and is not an operation of the engine's table, which documents itself. */
static const BackstepCompletionNote notes[] = {
  { "Tensor", "backward", "(gradient=None, retain_graph=None, create_graph=False)",
    N_("Walks the graph back from here and adds the gradient to .grad of every leaf.") },
  { "Tensor", "grad", "", N_("The gradient that backward() added up here; None until then.") },
  { "Tensor", "grad_fn", "", N_("The node of the graph that made this tensor; None for a leaf.") },
  { "Tensor", "requires_grad", "", N_("Whether operations on this tensor are recorded.") },
  { "Tensor", "requires_grad_", "(requires_grad=True)", N_("Switches the recording of operations on this leaf on or off.") },
  { "Tensor", "retain_grad", "()", N_("Keeps the gradient of a tensor that is not a leaf.") },
  { "Tensor", "is_leaf", "", N_("True for a tensor that no recorded operation made.") },
  { "Tensor", "register_hook", "(hook)", N_("Calls hook(grad) whenever the gradient of this tensor is computed.") },
  { "Tensor", "detach", "()", N_("The same storage, outside the graph.") },
  { "Tensor", "data", "", N_("The same storage, outside the graph; changes of it go unnoticed.") },
  { "Tensor", "item", "()", N_("The one element as a number of Python.") },
  { "Tensor", "tolist", "()", N_("The elements as lists of numbers.") },
  { "Tensor", "numpy", "()", N_("An array of NumPy on the same storage; the tensor must not require a gradient.") },
  { "Tensor", "shape", "", N_("The number of elements along each dimension.") },
  { "Tensor", "size", "(dim=None)", N_("The number of elements along each dimension, or along one.") },
  { "Tensor", "ndim", "", N_("The number of dimensions.") },
  { "Tensor", "numel", "()", N_("The number of elements.") },
  { "Tensor", "dtype", "", N_("The type of the elements: float32, float64, int64, bool …") },
  { "Tensor", "T", "", N_("The transpose of a matrix.") },
  { "Tensor", "float", "()", N_("The elements as float32.") },
  { "Tensor", "double", "()", N_("The elements as float64.") },
  { "Tensor", "long", "()", N_("The elements as int64.") },
  { "Tensor", "to", "(dtype)", N_("The elements in another type.") },
  { "Tensor", "contiguous", "()", N_("The same elements, one behind the other in memory.") },
  { "Tensor", "copy_", "(other)", N_("Writes the elements of another tensor into this one.") },
  { "Tensor", "normal_", "(mean=0, std=1)", N_("Fills with normally distributed random numbers.") },
  { "Tensor", "uniform_", "(from=0, to=1)", N_("Fills with uniformly distributed random numbers.") },
  { "torch", "tensor", "(data, dtype=None, requires_grad=False)", N_("A new leaf with a copy of the data.") },
  { "torch", "manual_seed", "(seed)", N_("Starts the random numbers at a known place.") },
  { "torch", "arange", "(start=0, end, step=1)", N_("The numbers from start up to, but not including, end.") },
  { "torch", "linspace", "(start, end, steps)", N_("Evenly spaced numbers, both ends included.") },
  { "torch", "zeros", "(*size, dtype=None, requires_grad=False)", N_("A tensor of zeros.") },
  { "torch", "ones", "(*size, dtype=None, requires_grad=False)", N_("A tensor of ones.") },
  { "torch", "full", "(size, fill_value)", N_("A tensor filled with one number.") },
  { "torch", "eye", "(n, m=None)", N_("The identity matrix.") },
  { "torch", "empty", "(*size)", N_("A tensor whose elements are not set.") },
  { "torch", "zeros_like", "(input)", N_("Zeros in the shape of another tensor.") },
  { "torch", "ones_like", "(input)", N_("Ones in the shape of another tensor.") },
  { "torch", "rand", "(*size, requires_grad=False)", N_("Uniformly distributed random numbers between 0 and 1.") },
  { "torch", "randn", "(*size, requires_grad=False)", N_("Normally distributed random numbers.") },
  { "torch", "randint", "(low=0, high, size)", N_("Random integers from low up to, but not including, high.") },
  { "torch", "randperm", "(n)", N_("The integers below n in random order.") },
  { "torch", "from_numpy", "(array)", N_("A tensor on the storage of a NumPy array.") },
  { "torch", "allclose", "(input, other, rtol=1e-05, atol=1e-08)", N_("Whether all elements are about the same.") },
  { "torch", "is_grad_enabled", "()", N_("Whether operations are recorded here.") },
  { "torch", "set_printoptions", "(precision=None, sci_mode=None)", N_("How tensors are printed.") },
  { "torch", "float32", "", N_("Single precision, the type of most tensors.") },
  { "torch", "float64", "", N_("Double precision.") },
  { "torch", "nn", "", N_("Modules: layers, activations and losses.") },
  { "torch", "optim", "", N_("Optimizers: SGD, Adam …") },
  { "torch", "autograd", "", N_("Gradients on demand, and functions of one's own.") },
  { "torch", "linalg", "", N_("Linear algebra.") },
  { "Module", "parameters", "(recurse=True)", N_("The parameters of the module and its children.") },
  { "Module", "named_parameters", "(prefix='', recurse=True)", N_("The parameters with their names.") },
  { "Module", "forward", "(*input)", N_("What the module computes; define it in your own modules.") },
  { "Module", "zero_grad", "(set_to_none=False)", N_("Clears the gradients of all parameters.") },
  { "Module", "train", "(mode=True)", N_("Dropout and batch norm behave as in training.") },
  { "Module", "eval", "()", N_("Dropout and batch norm behave as in use.") },
  { "Module", "children", "()", N_("The modules directly below this one.") },
  { "Module", "state_dict", "()", N_("The parameters and buffers by name.") },
  { "Optimizer", "zero_grad", "(set_to_none=False)", N_("Clears the gradients: backward() adds to what is there.") },
  { "Optimizer", "step", "(closure=None)", N_("Updates the parameters from their gradients.") },
  { "Optimizer", "param_groups", "", N_("The parameters with their options, such as the learning rate.") },
};

const BackstepCompletionNote *
backstep_completion_find_note (const char *place, const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (notes); i++)
    if (g_str_equal (notes[i].place, place) && g_str_equal (notes[i].name, name))
      return &notes[i];
  return NULL;
}

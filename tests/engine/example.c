/* A line through four points, by gradient descent: cc example.c $(pkg-config --cflags --libs backstep-engine) */
#include <backstep/shorthand.h>
#include <stdio.h>

int
main (void)
{
  g_autoptr (GError) error = NULL;
  const gint64 four[] = { 4 };
  g_autoptr (BsTensor) x = bs_tensor_new_from (BS_FLOAT32, 1, four, (float[]){ 0, 1, 2, 3 }, NULL);
  g_autoptr (BsTensor) y = bs_tensor_new_from (BS_FLOAT32, 1, four, (float[]){ 1, 3, 5, 7 }, NULL);
  g_autoptr (BsTensor) w = bs_tensor_new_full (BS_FLOAT32, 0, NULL, 0, NULL);
  g_autoptr (BsTensor) b = bs_tensor_new_full (BS_FLOAT32, 0, NULL, 0, NULL);
  bs_tensor_set_requires_grad (w, TRUE, NULL);
  bs_tensor_set_requires_grad (b, TRUE, NULL);
  for (guint i = 0; i < 200; i++) {
    g_autoptr (BsTensor) slope = bs_mul (w, x, &error);
    g_autoptr (BsTensor) line = bs_add (slope, b, &error);
    g_autoptr (BsTensor) loss = bs_mse_loss (line, y, &error);
    if (loss == NULL || !bs_backward (1, &loss, NULL, 0, NULL, BS_BACKWARD_DEFAULT, &error) ||
        !bs_descend (w, 0.1, &error) || !bs_descend (b, 0.1, &error)) {
      fprintf (stderr, "%s\n", error->message);
      return 1;
    }
  }
  printf ("w = %.4f, b = %.4f\n", bs_tensor_get_double (w, 0), bs_tensor_get_double (b, 0));
  return 0;
}

/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "actions.h"
#include "graphfile/manual.h"
#include "help.h"

/* Paragraphs are set apart by an empty line; one that begins with "## " is a heading. */
typedef struct { const char *name, *title, *text; } Topic;

static const Topic topics[] = {
  { "begin", N_("First steps"),
    N_("Open a PyTorch script, or an example from the first page. Backstep runs it at once on its own engine, from the first "
       "line to the last, and records every step. Nothing has happened yet on the screen: you stand before the first step.\n"
       "\n"
       "→ takes one step forward, ← takes it back. ↓ goes to the end of the phase (forward, backward, update), Shift+↓ to the "
       "end of the pass, End to the end of the script. Each has its reverse. Space plays.\n"
       "\n"
       "Drag the timeline, or click into a curve, to go anywhere. Everything shows that moment: the graph, the source line, "
       "the numbers, the printed output.\n"
       "\n"
       "Change the script in the left pane and press Ctrl+Return to run it again.") },
  { "course", N_("The course"),
    N_("Ctrl+E shows the examples: a course of scripts that real PyTorch runs too. Type to search their titles and lessons, walk with "
       "the arrow keys, open with Enter. Each card tells how much of its run you have seen. Escape, or the arrow at the top, goes back to "
       "what is open.\n"
       "\n"
       "“Lesson”, below the source (Alt+L), says what to look at and asks three questions; tick those you can answer. “Next "
       "lesson” goes on.\n"
       "\n"
       "## Your own\n"
       "In the menu beside the search, choose a folder: its scripts stand below the course, by the first line of their first comment. "
       "Numbered lines of that comment become questions.\n"
       "\n"
       "Ctrl+Shift+N begins a new script from a template. On the page of examples, Ctrl+V opens what was copied.") },
  { "picture", N_("Reading the picture"),
    N_("Each card is a tensor: its name, its value and its gradient. The pill at its side is the operation that made it. "
       "Arrows lead from what was put in to what came out.\n"
       "\n"
       "## Colours\n"
       "Blue is the forward pass, orange are gradients, green are updates of parameters; shapes and line styles tell them "
       "apart as well. A dashed outline is not computed yet. A hatched card is outside the graph: no gradient reaches it "
       "(no_grad, detach). A green edge marks a parameter. The double border is the tensor that backward() was called on.\n"
       "\n"
       "## Gradients\n"
       "“not yet”: backward has not come here. “so far”: one path has arrived, others will add to it. “stale”: the gradient of "
       "an earlier pass, because nobody has cleared it. “None”: nothing has ever flowed here.\n"
       "\n"
       "## Large tensors\n"
       "Small matrices show their numbers, large ones their colours: light is high, dark is low; in gradients one colour is "
       "positive, the other negative. Zoom out, and small ones show colours too. Very large tensors are sampled, and say so.") },
  { "explain", N_("The chain rule"),
    N_("Select a card: the inspector shows how its value was computed, and where its gradient comes from: one line of the chain "
       "rule for each path, with the names, then with the numbers of this very step.\n"
       "\n"
       "∂loss/∂w = ∂loss/∂y · ∂y/∂w reads: how the loss changes with w is how it changes with y, times how y changes with "
       "w. For matrices the shapes stand below the product: that is why a transpose is needed.\n"
       "\n"
       "Where a value was broadcast, its gradient is summed over the axes it was spread along. Where a value is used twice, "
       "its gradients add up: “Ways to the loss” lists each way with its product, and their sum.\n"
       "\n"
       "## Hints\n"
       "What goes wrong without an error is recognised: a gradient that nobody cleared, a name that left its parameter, a parameter "
       "that no loss depends on, (n) against (n, 1), the first NaN, a loss that grows or hardly falls, units that are dead or "
       "saturated. The button above tells how many there are, and leads to their steps.") },
  { "mathematics", N_("The mathematics of a step"),
    N_("The inspector prints the formula of what was computed and, in backward, the chain rule with its numbers: what came forward in "
       "blue, gradients in orange, updates in green, and below the factors of a product their shapes. It says why a factor is "
       "transposed, what is summed because it was broadcast, and what is added to .grad.\n"
       "\n"
       "“Element” chooses the element whose arithmetic is written out; a click on a number of the value does so too.\n"
       "\n"
       "A right click, or Shift+F10, copies the formula as text or as LaTeX; so do Ctrl+C and Ctrl+Alt+C.\n"
       "\n"
       "The formulas are those of the engine's table, the numbers those recorded; a formula that does not give the recorded number is "
       "not shown.") },
  { "curves", N_("Curves and the landscape"),
    N_("The plots show the parameters and the loss over the passes; what is to come is pale, or hidden with Alt+6. A click goes to that "
       "pass, and the pointer reads the values in both plots. The wheel zooms at the pointer, with Ctrl up and down; with Shift it moves. "
       "Shift and a drag zoom into a box, a double click shows everything again. The names above are switches.\n"
       "\n"
       "Drag a variable, the title of the inspector or the selected card into a plot to see its curve, or press C. The menu of each "
       "plot takes names too, and has logarithmic scales, the norms of gradients, and how far each update moves a parameter for "
       "its size: about 0.001 is usual, 1 is wild.\n"
       "\n"
       "With the focus in a plot (Alt+U): + − and W zoom, Shift+← → move, L and Shift+L are logarithmic, 1 to 9 switch curves.\n"
       "\n"
       "## The landscape\n"
       "What the loss of this pass would be if the parameters were others: the engine computes the recorded graph again at each place. "
       "Over one parameter it is a curve with its tangent, whose slope is the gradient, and the step that the update makes; over "
       "two it has contours, and −∇ points downhill. Of larger models you see a plane through the directions in which the path went most; "
       "the button chooses others. Drag the point, or use the arrow keys, to read loss and gradient elsewhere; Escape goes back.") },
  { "stepping", N_("Breakpoints and jumps"),
    N_("Click beside a line number, or press F9, for a breakpoint; F8 goes on to the next one and Shift+F8 back to the one before. "
       "Playing stops there too.\n"
       "\n"
       "Below the source, “Breakpoints” lists them: each may have a condition (i == 57), a condition may stand alone (loss < 21 stops "
       "where it turns true), and a gradient that is NaN or too large, or the update of a parameter, may stop as well.\n"
       "\n"
       "Alt+. goes to the next change of the selected tensor's value or gradient and Alt+, to the one before: “who changed "
       "w.grad?”\n"
       "\n"
       "F7 steps into functions and modules, F6 over them, Shift+F7 out of them. Ctrl+G goes to a step by its number.\n"
       "\n"
       "Ctrl+? shows all keys.\n"
       "\n"
       "## Variables and watches\n"
       "“Variables” shows the names of the functions that run and their values; what the last step changed is lit. A watch is any "
       "expression of them in Python, with PyTorch’s functions: w.grad.norm(), (x @ w).shape, y.grad for the gradient that has come "
       "to y so far. Nothing of the script runs for it.\n"
       "\n"
       "## Changing the past\n"
       "The pencil beside a value changes it from this step on: the script runs again from its start, and the change is made when it "
       "comes here. “Runs” keeps up to eight runs, with changed values or a changed text, draws them together in the plots and "
       "compares their parameters.\n"
       "\n"
       "## Large tensors\n"
       "Of a tensor of more than 1024 numbers the recording keeps a small picture. When a watch, a condition or “All numbers” needs "
       "the rest, the script runs once more in the background and brings them, exact to the bit.") },
  { "editor", N_("The editor"),
    N_("While you type, the names of torch are offered with their arguments and what they do, and the words of the script; Enter takes "
       "one, Ctrl+Space asks for them. What Python does not understand is underlined, and a line below says why.\n"
       "\n"
       "Ctrl+F in the source finds, Ctrl+H replaces, F3 and Shift+F3 go on and back. Ctrl+/ makes lines comments or takes the sign away. "
       "Ctrl+Z undoes, Ctrl+Shift+Z redoes; Tab and Shift+Tab move the selected lines in and out. Tab does not leave the editor: "
       "Escape goes to the graph, Ctrl+F6 and Ctrl+Shift+F6 from pane to pane.\n"
       "\n"
       "Ctrl+Return runs the text as it stands, saved or not, and goes back to where you were. Ctrl+S saves.\n"
       "\n"
       "What is not saved is kept a second after the last key. If the program or the machine ends before you have saved, the text is back "
       "when you open the file again. When another program changes the file, it is loaded again, or you are asked.") },
  { "what-if", N_("What if"),
    N_("Below the source, “What if” (Alt+I) has a slider for each plain number of the script: learning rates, counts of a loop, where a "
       "parameter starts, the seed; and a switch for statements such as optimizer.zero_grad(). Move one: the script runs with that "
       "number at once, the graph and the curves follow where the cursor stands, and the former run stays beside it in the curves.\n"
       "\n"
       "The script itself does not change until “Keep in the script”; undo takes that back. A number typed into the entry may lie "
       "outside of the slider's range. Several sliders work together.\n"
       "\n"
       "## Mending\n"
       "Where an error or a hint can be mended without guessing, a button does it in the script and runs it again: an update moved "
       "into torch.no_grad(), a gradient cleared before backward(), loss.item() in a sum. Undo in the editor takes it back.") },
  { "scripts", N_("What scripts can do"),
    N_("Scripts are written for PyTorch 1.13 and need no change: tensors, autograd, torch.nn, torch.optim, torch.utils.data, "
       "with NumPy beside them. The numbers, the printed text and the errors are PyTorch's. Everything runs on the CPU, in one "
       "thread; random numbers are PyTorch's for the same seed.\n"
       "\n"
       "## The sandbox\n"
       "A script runs in a process of its own that cannot reach the network, start programs or write files; it reads its own "
       "folder and Python's library. If it crashes, or runs forever, what was recorded stays on the screen. One that wants to "
       "save something asks: “Let This Script Write Files” in the menu gives it its own folder, and takes it back.\n"
       "\n"
       "## Pictures\n"
       "When Matplotlib is installed, what a script shows or saves with it appears in the output, at the step where it was "
       "shown. A click opens a picture in its own size.\n"
       "\n"
       "## Long runs\n"
       "An endless loop stops at a limit of events; a bar offers to go on. Stop ends a script at once.") },
  { "graph", N_("The graph"),
    N_("The wheel zooms, dragging moves, Shift and dragging zooms into a box; W fits everything, S what is selected. Of a graph that "
       "does not fit an overview stands in the corner: drag in it. Alt+M hides it.\n"
       "\n"
       "A click selects a node, Shift adds another; Alt and the arrows walk along the edges; Enter opens all its numbers, with their "
       "histogram. Ctrl+F finds nodes by name, operation or shape, folded ones too.\n"
       "\n"
       "## Folding\n"
       "What a function or module computed stands in a frame, and a frame folds to one card: a click on its title, F with a node in it "
       "selected, or a double click on the card and back. A loop that does the same again and again folds to one card that says how "
       "often, such as “× 12”. Graphs of more than some 150 nodes fold by themselves; Alt+Shift+F unfolds everything, Alt+Shift+G folds "
       "it. Backstep remembers this for each file.\n"
       "\n"
       "## Out of the window\n"
       "Ctrl+Shift+E writes the picture of this step as SVG, PDF, PNG or DOT, Ctrl+Shift+C copies it, Ctrl+P prints it. Ctrl+Alt+E writes "
       "many steps: a PDF with a page for each, numbered pictures, or an animation.") },
  { "lecture", N_("In a lecture"),
    N_("F5 is the presentation: graph, caption and curves large, nothing else. The keys of a presenter (Page Up, Page Down) step, a "
       "full stop blanks the screen, Escape leaves. Alt++ and Alt+− make the text larger and smaller, each with a size of its own in "
       "the presentation and outside. Alt+Shift+C is high contrast, for a weak projector. F11 is full screen.\n"
       "\n"
       "H is the spotlight: it lies on what happens, follows the pointer, and stays on a node that you click.\n"
       "\n"
       "A presentation hides the future, so that nobody sees the answer before the question; Alt+6 shows it. Alt+1 to Alt+5 show and "
       "hide the panes. Ctrl+M, or a double click on the row of tabs below the source, leaves one pane alone; Escape brings the others "
       "back. Alt+7 turns the graph.\n"
       "\n"
       "## Predict\n"
       "Q begins a lesson: a question mark covers the next number, and you say what it will be. Type a number (1.5, 3/8), a formula "
       "(2*w, y.grad * x), or the elements of a tensor ([1, 2]). If it is wrong, Backstep says what you missed: the upstream "
       "gradient, the local derivative, a sign, another path, the learning rate. Hints lead on step by step. Stepping goes on as "
       "ever; N is the next question, Q the end of the lesson. The menu at the question chooses what is asked.\n"
       "\n"
       "Ctrl+Alt+E writes slides: a PDF with a page for each step, and what happens in words. Ctrl+Alt+S saves the recording: it opens "
       "on any machine, without running any code.") },
  { "windows", N_("Tabs, windows, settings"),
    N_("Ctrl+T opens a tab, Ctrl+W closes it, Ctrl+Shift+T brings it back, Ctrl+Tab goes to the next one. Each has its "
       "own script, run and unsaved text; a script in another tab runs on. Drag a tab out of the bar, and it becomes a "
       "window.\n"
       "\n"
       "What is open, and at which step, is open again the next time. The arrow beside the folder lists what was "
       "opened lately.\n"
       "\n"
       "## Preferences\n"
       "Ctrl+, opens them: the theme, the size of the text in the editor and the graph, and how many events and how "
       "much memory a run may take.\n"
       "\n"
       "## Where there is little room\n"
       "In a small window, or with large text, the inspector stands below the graph, and the plots wait until Alt+5 "
       "shows them. Ctrl+M shows one pane alone.") },
  { "terminal", N_("Without a window"),
    N_("backstep python FILE runs a script as python3 would with PyTorch.\n"
       "\n"
       "backstep trace FILE prints the steps, one a line; --explain adds the formulas, --json makes it JSON Lines.\n"
       "\n"
       "backstep hints FILE says what went wrong without an error.\n"
       "\n"
       "backstep export FILE --step N -o OUT.svg writes the picture; .png, .pdf and .dot work too. With --steps all -o OUT.pdf there is "
       "a page for each step; .gif and .webm are animations.\n"
       "\n"
       "backstep debug FILE steps through it at the terminal, with breakpoints, watches and the way back; --edit “120 lr = 0.05” "
       "changes the past.\n"
       "\n"
       "backstep record FILE -o OUT.backstep saves the recording; verify checks one. Every command also takes a recording.") },
};

gboolean
backstep_help_get_topic (guint i, const char **title, const char **text)
{
  if (i >= G_N_ELEMENTS (topics))
    return FALSE;
  *title = _(topics[i].title);
  *text = _(topics[i].text);
  return TRUE;
}

static GtkWidget *
new_paragraph (const char *text, gboolean heading)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 64);
  gtk_widget_set_can_focus (label, FALSE);
  if (heading)
    gtk_widget_add_css_class (label, "heading");
  return label;
}

static void
add_paragraphs (GtkBox *box, const char *text)
{
  g_auto (GStrv) paragraphs = g_strsplit (text, "\n\n", -1);

  for (guint i = 0; paragraphs[i]; i++)
    {
      char *body = paragraphs[i];

      if (g_str_has_prefix (body, "## "))
        {
          char *end = strchr (body, '\n');
          g_autofree char *title = g_strndup (body + 3, end ? end - body - 3 : -1);

          gtk_box_append (box, new_paragraph (title, TRUE));
          if (end == NULL)
            continue;
          body = end + 1;
        }
      gtk_box_append (box, new_paragraph (body, FALSE));
    }
}

static GtkWidget *
new_page (const Topic *topic, GtkWidget **rows)
{
  GtkWidget *scrolled = gtk_scrolled_window_new (), *clamp = adw_clamp_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12), *title = gtk_label_new (_(topic->title));

  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_widget_add_css_class (title, "title-2");
  gtk_box_append (GTK_BOX (box), title);
  if (*topic->text != '\0')
    add_paragraphs (GTK_BOX (box), _(topic->text));
  gtk_widget_add_css_class (box, "help");
  adw_clamp_set_child (ADW_CLAMP (clamp), box);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), clamp);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_widget_set_hexpand (scrolled, TRUE);
  if (rows)
    *rows = box;
  return scrolled;
}

/* What the torch module has: made from the module itself when the program is built. */
static GtkWidget *
new_surface_page (void)
{
  static const Topic topic = { "torch", N_("What is there of torch"),
    N_("These names are here, with PyTorch's arguments, results and errors. What is not here says so when a script uses it, and names "
       "what is nearest.") };
  g_autoptr (GBytes) bytes = g_resources_lookup_data ("/io/github/backstep/Backstep/surface.txt", G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  GtkWidget *box, *page = new_page (&topic, &box);
  g_autofree char *text = bytes ? g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)) : NULL;

  if (text)
    add_paragraphs (GTK_BOX (box), g_strchomp (text));
  return page;
}

/* Graphs that are written instead of programmed; the same text as of `backstep help graph`. */
static GtkWidget *
new_graph_page (void)
{
  static const Topic topic = { "graph", N_("Graphs without a program"), "" };
  g_autofree char *operations = bs_graph_file_operations ();
  GtkWidget *box, *page = new_page (&topic, &box);

  add_paragraphs (GTK_BOX (box), bs_graph_file_manual ());
  gtk_box_append (GTK_BOX (box), new_paragraph (_("Operations and their arguments"), TRUE));
  gtk_box_append (GTK_BOX (box), new_paragraph (operations, FALSE));
  return page;
}

GtkWidget *
backstep_help_new (void)
{
  GtkWidget *window = adw_window_new (), *rows = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *header = gtk_header_bar_new (), *panes = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *stack = gtk_stack_new (), *sidebar = gtk_stack_sidebar_new ();

  for (guint i = 0; i < G_N_ELEMENTS (topics); i++)
    gtk_stack_add_titled (GTK_STACK (stack), new_page (&topics[i], NULL), topics[i].name, _(topics[i].title));
  gtk_stack_add_titled (GTK_STACK (stack), new_graph_page (), "dot", _("Graphs without a program"));
  gtk_stack_add_titled (GTK_STACK (stack), new_surface_page (), "torch", _("What is there of torch"));
  gtk_stack_sidebar_set_stack (GTK_STACK_SIDEBAR (sidebar), GTK_STACK (stack));
  gtk_box_append (GTK_BOX (panes), sidebar);
  gtk_box_append (GTK_BOX (panes), gtk_separator_new (GTK_ORIENTATION_VERTICAL));
  gtk_box_append (GTK_BOX (panes), stack);
  gtk_widget_set_vexpand (panes, TRUE);
  gtk_box_append (GTK_BOX (rows), header);
  gtk_box_append (GTK_BOX (rows), panes);
  adw_window_set_content (ADW_WINDOW (window), rows);
  gtk_window_set_title (GTK_WINDOW (window), _("Help"));
  gtk_window_set_default_size (GTK_WINDOW (window), 820, 560);
  backstep_actions_add_escape (window);
  return window;
}

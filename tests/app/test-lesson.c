/* SPDX-License-Identifier: MIT */

/* The lesson in a first comment, in every form it may have, and in what no person wrote. */

#include <string.h>

#include "app/lesson-text.h"

static BackstepLessonText *
read (const char *text)
{
  return backstep_lesson_text_new (text, strlen (text));
}

static void
check (const char *source, const char *title, const char *text, const char *questions)
{
  g_autoptr (BackstepLessonText) lesson = read (source);
  g_autofree char *all = g_strjoinv ("|", lesson->questions);

  g_assert_cmpstr (lesson->title, ==, title);
  g_assert_cmpstr (lesson->text, ==, text);
  g_assert_cmpstr (all, ==, questions);
}

static void
test_script (void)
{
  check ("# Title\n#\n# One line\n# and its end.\n#\n# Two.\n#\n# 1. Why?\n#    Really?\n# 2. How?\n\nimport torch\n# 3. no\n", "Title",
         "One line and its end.\n\nTwo.", "Why? Really?|How?");
  check ("#!/usr/bin/python3\n# -*- coding: utf-8 -*-\n\n#Title\nx = 1\n", "Title", "", "");
  check ("import torch\n# late\n", NULL, "", "");
  check ("", NULL, "", "");
  check ("#\n#\n#\n", NULL, "", "");
  check ("# Only\r\n#\r\n# text\r\n", "Only", "text", "");
  check ("# T\n# 1.5 is a number\n# 12) twelve\n", "T", "1.5 is a number", "twelve");
}

static void
test_graph (void)
{
  check ("// Title\n//\n// Look.\n//\n// 1. Why?\ndigraph {}\n", "Title", "Look.", "Why?");
  check ("/* Title\n *\n * Look\n * here.\n *\n * 1. Why?\n */\ndigraph {}\n", "Title", "Look here.", "Why?");
  check ("/*\n   Title\n   Look */ digraph { // no\n", "Title", "Look", "");
  check ("/* never closed\n * Look", "never closed", "Look", "");
  check ("digraph {}", NULL, "", "");
}

static void
test_chinese (void)
{
  check ("# 题目\n#\n# 前向传播\n# 反向传播，\n# x 的梯度\n# w 是 2\n# ，然后\n", "题目", "前向传播反向传播，x 的梯度 w 是 2，然后", "");
}

/* Cut after every byte, and with every bit of it turned. */
static void
test_damaged (void)
{
  static const char good[] = "# 题 T\n#\n# text 文\n# 1. Why?\n/* \n */\n";
  char copy[sizeof good];

  for (gsize n = 0; n < sizeof good; n++)
    for (int bit = 0; bit < 9; bit++)
      {
        g_autoptr (BackstepLessonText) lesson = NULL;

        memcpy (copy, good, sizeof good);
        if (bit < 8)
          copy[n] ^= 1 << bit;
        lesson = backstep_lesson_text_new (copy, bit < 8 ? sizeof good : n);
        g_assert_true (lesson->title == NULL || g_utf8_validate (lesson->title, -1, NULL));
        g_assert_true (g_utf8_validate (lesson->text, -1, NULL));
      }
}

static void
test_huge (void)
{
  g_autoptr (GString) text = g_string_new ("# Title\n");
  g_autoptr (BackstepLessonText) lesson = NULL;

  for (int i = 0; i < 300000; i++)
    g_string_append_printf (text, "# %d. question %d\n", i % 90, i);
  lesson = backstep_lesson_text_new (text->str, text->len);
  g_assert_cmpstr (lesson->title, ==, "Title");
  g_assert_cmpuint (g_strv_length (lesson->questions), ==, BACKSTEP_QUESTIONS_MAX);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lesson/script", test_script);
  g_test_add_func ("/lesson/graph", test_graph);
  g_test_add_func ("/lesson/chinese", test_chinese);
  g_test_add_func ("/lesson/damaged", test_damaged);
  g_test_add_func ("/lesson/huge", test_huge);
  return g_test_run ();
}

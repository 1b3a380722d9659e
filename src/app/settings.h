/* SPDX-License-Identifier: MIT */

/* What is remembered between starts. Without the schema (a copied program) nothing is, and the defaults stand. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Lets GIO find the schema of a program that runs from its build folder; before any other use. */
void backstep_settings_prepare (void);
GSettings *backstep_settings_get (void); /* (nullable): borrowed */
gboolean backstep_settings_get_boolean (const char *key, gboolean otherwise);
int backstep_settings_get_int (const char *key, int otherwise);
double backstep_settings_get_double (const char *key, double otherwise);
char *backstep_settings_dup_string (const char *key, const char *otherwise);
void backstep_settings_set_boolean (const char *key, gboolean value);
void backstep_settings_set_int (const char *key, int value);
void backstep_settings_set_double (const char *key, double value);
void backstep_settings_set_string (const char *key, const char *value);

/* Whether the script may write into its own folder: the user was asked once, and can take it back. */
gboolean backstep_settings_may_write (GFile *script);
void backstep_settings_set_may_write (GFile *script, gboolean may);

G_END_DECLS

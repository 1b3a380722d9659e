/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "place.h"
#include "settings.h"

void
backstep_settings_prepare (void)
{
  if (bs_in_build_tree ())
    g_setenv ("GSETTINGS_SCHEMA_DIR", BS_BUILD_ROOT "/data", FALSE);
}

GSettings *
backstep_settings_get (void)
{
  static GSettings *settings;
  static gboolean looked;
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = NULL;

  if (looked)
    return settings;
  looked = TRUE;
  if (source)
    schema = g_settings_schema_source_lookup (source, BS_APP_ID, TRUE);
  if (schema)
    settings = g_settings_new_full (schema, NULL, NULL);
  return settings;
}

gboolean
backstep_settings_get_boolean (const char *key, gboolean otherwise)
{
  GSettings *settings = backstep_settings_get ();

  return settings ? g_settings_get_boolean (settings, key) : otherwise;
}

int
backstep_settings_get_int (const char *key, int otherwise)
{
  GSettings *settings = backstep_settings_get ();

  return settings ? g_settings_get_int (settings, key) : otherwise;
}

double
backstep_settings_get_double (const char *key, double otherwise)
{
  GSettings *settings = backstep_settings_get ();

  return settings ? g_settings_get_double (settings, key) : otherwise;
}

char *
backstep_settings_dup_string (const char *key, const char *otherwise)
{
  GSettings *settings = backstep_settings_get ();

  return settings ? g_settings_get_string (settings, key) : g_strdup (otherwise);
}

void
backstep_settings_set_boolean (const char *key, gboolean value)
{
  GSettings *settings = backstep_settings_get ();

  if (settings)
    g_settings_set_boolean (settings, key, value);
}

void
backstep_settings_set_int (const char *key, int value)
{
  GSettings *settings = backstep_settings_get ();

  if (settings)
    g_settings_set_int (settings, key, value);
}

void
backstep_settings_set_double (const char *key, double value)
{
  GSettings *settings = backstep_settings_get ();

  if (settings)
    g_settings_set_double (settings, key, value);
}

void
backstep_settings_set_string (const char *key, const char *value)
{
  GSettings *settings = backstep_settings_get ();

  if (settings)
    g_settings_set_string (settings, key, value);
}

gboolean
backstep_settings_may_write (GFile *script)
{
  GSettings *settings = backstep_settings_get ();
  g_auto (GStrv) known = settings ? g_settings_get_strv (settings, "may-write") : NULL;
  g_autofree char *uri = script ? g_file_get_uri (script) : NULL;

  return known != NULL && uri != NULL && g_strv_contains ((const char *const *) known, uri);
}

void
backstep_settings_set_may_write (GFile *script, gboolean may)
{
  GSettings *settings = backstep_settings_get ();
  g_auto (GStrv) known = settings ? g_settings_get_strv (settings, "may-write") : NULL;
  g_autofree char *uri = script ? g_file_get_uri (script) : NULL;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) changed = NULL;

  if (known == NULL || uri == NULL)
    return;
  for (guint i = 0; known[i]; i++)
    if (!g_str_equal (known[i], uri))
      g_strv_builder_add (builder, known[i]);
  if (may)
    g_strv_builder_add (builder, uri);
  changed = g_strv_builder_end (builder);
  g_settings_set_strv (settings, "may-write", (const char *const *) changed);
}

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

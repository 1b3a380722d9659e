#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Every colour of text that the style sheet names, on every surface it can stand on, in light and in dark: 4.5:1 or more
(WCAG 2.1, 1.4.3). The named colours are those of the libadwaita that is there. Run me under xvfb-run."""

import pathlib
import re
import sys

import gi

gi.require_version("Gtk", "4.0")
gi.require_version("Adw", "1")
from gi.repository import Adw, Gdk, Gtk  # noqa: E402

LEAST = 4.5
SURFACES = ("window_bg_color", "view_bg_color", "headerbar_bg_color", "popover_bg_color", "card_bg_color")
TEXTS = ("window_fg_color", "view_fg_color", "error_color", "accent_color")


def over(top, below):
    """@top, not quite opaque, over @below."""
    alpha = top[3]
    return tuple(top[i] * alpha + below[i] * (1 - alpha) for i in range(3)) + (1.0,)


def luminance(color):
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in color[:3]]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a, b):
    x, y = sorted((luminance(a), luminance(b)))
    return (y + 0.05) / (x + 0.05)


class Colors:
    def __init__(self, widget):
        self.context = widget.get_style_context()

    def get(self, expression):
        """A colour as the style sheet writes it: @name, #hex, a word, alpha(), mix()."""
        expression = expression.strip()
        call = re.fullmatch(r"(alpha|mix)\((.*)\)", expression)
        if call:
            parts = re.split(r",(?![^(]*\))", call[2])
            first = self.get(parts[0])
            if call[1] == "alpha":
                return first[:3] + (first[3] * float(parts[1]),)
            second, amount = self.get(parts[1]), float(parts[2])
            return tuple(a + (b - a) * amount for a, b in zip(first, second))
        if expression.startswith("@"):
            found, color = self.context.lookup_color(expression[1:])
            assert found, expression
        else:
            color = Gdk.RGBA()
            assert color.parse(expression), expression
        return (color.red, color.green, color.blue, color.alpha)


def rules(sheet):
    for selector, body in re.findall(r"([^{}]+)\{([^{}]*)\}", re.sub(r"/\*.*?\*/", "", sheet, flags=re.S)):
        values = dict(re.findall(r"([\w-]+)\s*:\s*([^;]+);?", body))
        yield " ".join(selector.split()), values


def color_in(value):
    found = re.search(r"(?:alpha|mix)\([^;]*\)|@\w+|#[0-9a-fA-F]{3,8}", value)
    return found[0] if found else None


def check(sheet, colors, theme):
    problems, checked = [], 0
    base = {name: over(colors.get("@" + name), colors.get("@window_bg_color")) for name in SURFACES}
    pairs = [(name, colors.get("@" + name), surface, base[surface]) for name in TEXTS for surface in SURFACES
             if surface != "headerbar_bg_color" or name.endswith("fg_color")]
    assert ".dim-label" in sheet, "libadwaita's own dim labels are too dim"
    for selector, values in rules(sheet):
        own = color_in(values.get("background", "") or values.get("background-color", ""))
        text = color_in(values.get("color", ""))
        opacity = float(values.get("opacity", 1))
        if opacity == 0 or not (own or text or opacity < 1):
            continue
        if "max_contrast" in selector or "separator" in selector:
            continue
        color = colors.get(text) if text else colors.get("@window_fg_color")
        color = color[:3] + (color[3] * opacity,)
        for surface, below in base.items():
            if surface == "headerbar_bg_color" and text:
                continue  # coloured texts stand in panes and popovers
            pairs.append((selector, color, surface, over(colors.get(own), below) if own else below))
    for name, color, surface, below in pairs:
        checked += 1
        ratio = contrast(over(color, below), below)
        if ratio < LEAST:
            problems.append(f"{theme}: {name} on {surface}: {ratio:.2f}:1")
    return problems, checked


def main():
    sheet = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")
    Adw.init()
    manager = Adw.StyleManager.get_default()
    window = Gtk.Window()
    problems, checked = [], 0
    for scheme, theme in ((Adw.ColorScheme.FORCE_LIGHT, "light"), (Adw.ColorScheme.FORCE_DARK, "dark")):
        manager.set_color_scheme(scheme)
        found, n = check(sheet, Colors(window), theme)
        problems += found
        checked += n
    print("\n".join(problems) or f"{checked} pairs, all {LEAST}:1 or more")
    return bool(problems)


sys.exit(main())

"""Counts how often the notebook asked for custom widgets."""

calls = []


def enable_custom_widget_manager():
    calls.append("enable_custom_widget_manager")

"""As much of Colab's own package as the set-up cell meets."""

# Colab's kernel imports its package before the first cell runs
import google.colab.output  # noqa: F401

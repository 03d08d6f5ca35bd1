"""Single-shot object detection, saved from the chapters of the SSD book.

The public names are listed in `__init__.pyi`; each loads its module when it is
first used. `import d2l_ssd` alone imports neither MXNet nor PyTorch and changes
nothing in the process.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

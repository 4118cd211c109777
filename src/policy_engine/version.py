"""The three versions: of the package here; of the language and of the file formats where they are defined."""

__version__ = "0.1.0"

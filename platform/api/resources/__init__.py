"""One module for each thing that programs work with."""

"""Door: JSON, version 1. Everything that the pages do with classes, progress, grades and labs, for programs."""

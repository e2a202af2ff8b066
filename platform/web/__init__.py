"""Door: pages and forms for people. One module for each area, mirrored by `templates/`."""

#!/bin/sh
# Greets whoever is named.
echo "Hola, ${1:-mundo}"

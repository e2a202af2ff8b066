#!/bin/sh
echo "motor en marcha"

"""Put on PYTHONPATH, this guards every Python program that a test starts."""

import network

network.install()

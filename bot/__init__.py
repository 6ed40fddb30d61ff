"""The front ends: Telegram and the terminal."""

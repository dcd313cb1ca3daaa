"""Browsers of the BrowserStack cloud."""

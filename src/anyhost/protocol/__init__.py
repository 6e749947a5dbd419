"""The wire: messages, their bytes, and the rules that both ends read. Pure; imports nothing of ours."""

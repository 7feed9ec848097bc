"""The special tokens of ChatML, reasoning and tools, in the order of their ids in our own tokenizers."""

END_OF_TEXT = "<|endoftext|>"
TURN_START = "<|im_start|>"
TURN_END = "<|im_end|>"
THINK, THINK_END = "<think>", "</think>"
TOOL_CALL, TOOL_CALL_END = "<tool_call>", "</tool_call>"
TOOL_RESPONSE, TOOL_RESPONSE_END = "<tool_response>", "</tool_response>"

SPECIAL = (END_OF_TEXT, TURN_START, TURN_END, THINK, THINK_END, TOOL_CALL, TOOL_CALL_END, TOOL_RESPONSE, TOOL_RESPONSE_END)
ENDS = (TURN_END, END_OF_TEXT)  # what ends a model's turn

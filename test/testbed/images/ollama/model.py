"""Writes a llama of one layer with random weights, small enough to answer within a second."""

import sys

import numpy
from gguf import GGUFWriter, TokenType

DIMENSION, HEADS, FEED_FORWARD = 64, 4, 128

random = numpy.random.default_rng(42)

tokens = ["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(256)]
types = [TokenType.UNKNOWN, TokenType.CONTROL, TokenType.CONTROL] + [TokenType.BYTE] * 256
words = "the of and to in is that for it as was with be by on not he his but at are this have from or had an".split()
tokens += ["▁"] + [f"▁{word}" for word in words]
types += [TokenType.NORMAL] * (len(words) + 1)

writer = GGUFWriter(sys.argv[1], "llama")
writer.add_context_length(512)
writer.add_embedding_length(DIMENSION)
writer.add_block_count(1)
writer.add_feed_forward_length(FEED_FORWARD)
writer.add_head_count(HEADS)
writer.add_head_count_kv(HEADS)
writer.add_rope_dimension_count(DIMENSION // HEADS)
writer.add_layer_norm_rms_eps(1e-5)
writer.add_vocab_size(len(tokens))
writer.add_tokenizer_model("llama")
writer.add_token_list(tokens)
writer.add_token_scores([0.0] * 3 + [-1000.0] * 256 + [-float(i) for i in range(len(words) + 1)])
writer.add_token_types(types)
writer.add_bos_token_id(1)
writer.add_eos_token_id(2)
writer.add_unk_token_id(0)


def weights(*shape):
    return (random.standard_normal(shape) * 0.5).astype(numpy.float32)


# words and no raw bytes: what it says is text then
head = weights(len(tokens), DIMENSION)
head[:259] *= 0.0
writer.add_tensor("token_embd.weight", weights(len(tokens), DIMENSION))
writer.add_tensor("output.weight", head)
writer.add_tensor("output_norm.weight", numpy.ones(DIMENSION, dtype=numpy.float32))
for name, shape in {
    "attn_q": (DIMENSION, DIMENSION),
    "attn_k": (DIMENSION, DIMENSION),
    "attn_v": (DIMENSION, DIMENSION),
    "attn_output": (DIMENSION, DIMENSION),
    "ffn_gate": (FEED_FORWARD, DIMENSION),
    "ffn_up": (FEED_FORWARD, DIMENSION),
    "ffn_down": (DIMENSION, FEED_FORWARD),
}.items():
    writer.add_tensor(f"blk.0.{name}.weight", weights(*shape))
for name in ("attn_norm", "ffn_norm"):
    writer.add_tensor(f"blk.0.{name}.weight", numpy.ones(DIMENSION, dtype=numpy.float32))
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()

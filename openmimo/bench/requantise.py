"""A GGUF file written again with all its matrices in another number format, metadata and all.

For peers that read GGUF: the same weights in Q8_0 to be fast, or in F32 to be exact. Knows no architecture;
`model/gguf.py` reads such files as models.
"""

from pathlib import Path

from gguf import GGMLQuantizationType, GGUFReader, GGUFValueType, GGUFWriter, LlamaFileType
from gguf.quants import dequantize, quantize

from openmimo.model.gguf import open_gguf

FORMATS = {
    "Q8_0": (GGMLQuantizationType.Q8_0, LlamaFileType.MOSTLY_Q8_0),
    "F32": (GGMLQuantizationType.F32, LlamaFileType.ALL_F32),
}
OWN = ("GGUF.", "general.architecture", "general.file_type")  # what the writer says itself


def requantise(source: Path, target: Path, form: str) -> None:
    """Write `source` to `target` with its matrices in a format of `FORMATS`; vectors are in F32, as llama.cpp has them."""
    reader = open_gguf(source)
    matrices, file_type = FORMATS[form]
    architecture = reader.get_field("general.architecture")
    assert architecture
    writer = GGUFWriter(target, architecture.contents())
    writer.add_file_type(file_type)
    _copy_metadata(reader, writer)
    for tensor in reader.tensors:
        plain = dequantize(tensor.data, tensor.tensor_type)
        kind = matrices if plain.ndim > 1 else GGMLQuantizationType.F32
        writer.add_tensor(tensor.name, quantize(plain, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _copy_metadata(reader: GGUFReader, writer: GGUFWriter) -> None:
    for field in reader.fields.values():
        if not field.name.startswith(OWN):
            kind, *inner = field.types
            sub_type = inner[-1] if kind == GGUFValueType.ARRAY else None
            writer.add_key_value(field.name, field.contents(), kind, sub_type)

"""Unpacks a kernel for x86 that was compressed with xz: an emulated processor takes longer for it than for its boot.

Usage: unpack_kernel.py VMLINUZ VMLINUX
"""

import lzma
import pathlib
import sys

XZ = b"\xfd7zXZ\x00"
ELF = b"\x7fELF"

packed = pathlib.Path(sys.argv[1]).read_bytes()
kernel = lzma.LZMADecompressor().decompress(packed[packed.index(XZ):])
if not kernel.startswith(ELF):
    sys.exit(f"{sys.argv[1]} holds no kernel that is compressed with xz.")
pathlib.Path(sys.argv[2]).write_bytes(kernel)

#!/usr/bin/env python3
"""Cut PT Sans to the code points the PDF needs. Usage: scripts/cut-fonts.py [src_dir] [out_dir] [family]

The ParaType Free Font License forbids distributing a modified font "under the Original name or a
combination of Original name with any other words", so the name table is rewritten to `family`;
copyright (0), licence (13) and licence URL (14) stay."""
import os, sys
from fontTools import subset
from fontTools.ttLib import TTFont
src = sys.argv[1] if len(sys.argv) > 1 else "/usr/share/fonts/truetype/paratype"
out = sys.argv[2] if len(sys.argv) > 2 else "pdf/fonts"
family = sys.argv[3] if len(sys.argv) > 3 else "Vyezd Sans"
narrow = set(range(0x20, 0x7F)) | set(range(0xA0, 0x100)) | set(range(0x400, 0x460)) | {0x490, 0x491}
narrow |= {ord(c) for c in "№€₽—–…«»“”‘’•°±²³×≤≥−✓δΔ"} | {0xA0, 0x2009}
# What `PRINTABLE` of sync-core/src/texts.rs says, beside signs that print as their kin. Papers that need none of the
# other letters embed the narrow faces: 17 kB less a face.
wide = narrow | set(range(0x100, 0x180)) | set(range(0x218, 0x21C)) | set(range(0x401, 0x530))
wide |= {ord(c) for c in "„‚‹›†‡‰‑ʼ\u0301"}
faces = [(f, name, cut, want) for cut, want in (("", narrow), ("Wide", wide))
         for f, name in (("PTS55F.ttf", "Regular"), ("PTS75F.ttf", "Bold"))]
for f, name, cut, want in faces:
    font = TTFont(os.path.join(src, f), recalcTimestamp=False)   # keep head.modified: reproducible
    have = set(font.getBestCmap())
    o = subset.Options()
    o.layout_features = []          # no GSUB/GPOS features
    o.drop_tables += ["GSUB", "GPOS", "GDEF", "kern", "DSIG", "LTSH", "VDMX", "hdmx", "gasp", "meta"]
    o.hinting = False               # drops fpgm/prep/cvt and glyph instructions
    o.desubroutinize = False
    o.notdef_outline = True
    o.recommended_glyphs = True
    o.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]   # 1,3,4,6 renamed below
    o.name_languages = [0x409]
    o.name_legacy = False
    o.legacy_cmap = False
    o.symbol_cmap = False
    o.glyph_names = False
    o.recalc_bounds = True
    o.recalc_timestamp = False
    o.canonical_order = True
    s = subset.Subsetter(o)
    s.populate(unicodes=want)
    s.subset(font)
    own = f"{family} {cut}".strip()
    full = own if name == "Regular" else f"{own} {name}"
    for r in list(font["name"].names):
        new = {1: own, 3: f"{full}: cut 1", 4: full,
               6: own.replace(" ", "") + "-" + name}.get(r.nameID)
        if new:
            font["name"].setName(new, r.nameID, r.platformID, r.platEncID, r.langID)
    dst = os.path.join(out, f"VyezdSans{cut}-{name}.ttf")
    subset.save_font(font, dst, o)
    t = TTFont(dst)
    print(dst, os.path.getsize(os.path.join(src, f)), "->", os.path.getsize(dst), "bytes;", t["maxp"].numGlyphs, "glyphs; upem", t["head"].unitsPerEm,
          "asc/desc", t["hhea"].ascent, t["hhea"].descent, "| typo", t["OS/2"].sTypoAscender, t["OS/2"].sTypoDescender, "fsType", t["OS/2"].fsType, "ps", t["name"].getDebugName(6))
    print("  tables:", " ".join(sorted(t.keys())))
    print("  cmap:", [(x.platformID, x.platEncID, x.format) for x in t["cmap"].tables])
    miss = sorted(want - have)
    print("  missing:", " ".join(f"U+{c:04X}{chr(c)}" for c in miss) or "none")

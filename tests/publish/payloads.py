"""Sixty texts that try to run, to break out or to deceive; every output shows each of them as the text it is."""

from __future__ import annotations

CALL = "window.__xss=1"
"""What a payload that runs does; a test looks for the mark."""

HTML = (
    f"<script>{CALL}</script>",
    f"<ScRiPt>{CALL}</ScRiPt>",
    f"<img src=x onerror={CALL}>",
    f"<svg onload={CALL}>",
    f"<svg><script>{CALL}</script></svg>",
    f"<svg><animate onbegin={CALL} attributeName=x dur=1s>",
    f"<iframe srcdoc='<script>parent.{CALL}</script>'></iframe>",
    f"<body onload={CALL}>",
    f"<details open ontoggle={CALL}>",
    f"<input autofocus onfocus={CALL}>",
    f"<video><source onerror={CALL}></video>",
    f"<math><mtext><table><mglyph><style><img src=x onerror={CALL}>",
    "<base href='https://evil.example/'>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<form action=https://evil.example><button>",
    "<plaintext>",
    "<!-- <b>",
)
BREAK_OUT = (
    f"</script><script>{CALL}</script>",
    f"</SCRIPT ><img src=x onerror={CALL}>",
    f"<!--<script>{CALL}//-->",
    f"</title><script>{CALL}</script>",
    f"</style><script>{CALL}</script>",
    f"</textarea><script>{CALL}</script>",
    f"</svg><script>{CALL}</script>",
    f"]]><script>{CALL}</script>",
    f"--><script>{CALL}</script>",
)
ATTRIBUTE = (
    f'" onmouseover="{CALL}" x="',
    f"' onmouseover='{CALL}' x='",
    f'"><script>{CALL}</script>',
    f"'><img src=x onerror={CALL}>",
    f"x onclick={CALL}",
    f'" autofocus onfocus="{CALL}',
    '" style="background:url(https://evil.example/x.png)',
)
SCRIPT = (
    f"`${{{CALL}}}`",
    f"${{{CALL}}}",
    f"';{CALL};//",
    f'";{CALL};//',
    f"\\';{CALL};//",
    f"\\u003cscript\\u003e{CALL}\\u003c/script\\u003e",
    f"\u2028{CALL}\u2029",
    "{{ 7*191 }}{% raw %}",
    "{0.__class__} {name} %s %(x)s",
)
LINK = (
    f"javascript:{CALL}",
    f"JaVaScRiPt:{CALL}",
    f"data:text/html,<script>{CALL}</script>",
    "url(javascript:1)",
    "expression(alert(1))",
)
FORMULA = (
    '=HYPERLINK("https://evil.example","x")',
    "+1+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\uff1d1+1",
    '"=1+1"',
)
XML = (
    '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>&e;',
    "&lt;b&gt;&amp;&#60;i&#62;",
    "&#x3c;script&#x3e;",
    "<![CDATA[<b>]]>",
)
DIRECTION = ("\u202egpj.exe",)

PAYLOADS: tuple[str, ...] = (*HTML, *BREAK_OUT, *ATTRIBUTE, *SCRIPT, *LINK, *FORMULA, *XML, *DIRECTION)

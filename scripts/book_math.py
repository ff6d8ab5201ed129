"""Typesets the formulas of docs/theory.md in the book: a hook of MkDocs.

They are written to be read in a terminal: `A_jk = E[f'_j f_k]`, `e^{−λt}`, `½√(1 − q²)`. Here those that are displayed
become MathML, which browsers draw without scripts, and in prose scripts are lowered and raised. All that a displayed
formula says is in what is made of it, or the book is not built.
"""

import html
import re
import unicodedata

PAGE = "docs/theory.md"
RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻ᵀ°⊥", "0123456789−T°⊥"))
LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋", "0123456789+−"))
# Marks above a letter, as they follow it in Unicode and as MathML has them.
ACCENTS = {"\u0302": "^", "\u0304": "¯", "\u0303": "~", "\u0307": "˙"}
FRACTIONS = {"½": "12", "¼": "14"}
FUNCTIONS = {"sin", "cos", "exp", "sup", "min", "max", "Cov", "Form", "cost"}
# A word, one or two indices, or one sign, of the teacher or primed.
INDEX = r"(?:max|min|col|off|flow|lo|hi|op|row|[ijk1]{2}|uu|[\wα-ω])[°']?"
OPERATORS = set("=+−≤≥·,⪰∈≠<>/")
OPEN, CLOSE = "([{⟨", ")]}⟩"


def words(text):
    """Whether letters are a word of a sentence, and not a product of symbols."""
    return text in {"in", "or", "if", "of", "for", "else", "and", "the"} or len(text) > 3


def tag(name, *inside, **attributes):
    attributes = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f"<{name}{attributes}>{''.join(inside)}</{name}>"


def row(parts):
    return parts[0] if len(parts) == 1 else tag("mrow", *parts)


class Line:
    """A formula from left to right."""

    def __init__(self, text):
        self.text, self.at = unicodedata.normalize("NFD", text).replace("=\u0338", "≠"), 0

    def peek(self, pattern):
        return re.compile(pattern).match(self.text, self.at)

    def take(self, pattern):
        found = self.peek(pattern)
        self.at = found.end() if found else self.at
        return found and found.group()

    def until(self, closing):
        """What is before a bracket, which is passed."""
        parts = []
        while self.at < len(self.text) and not (closing and self.text[self.at] in closing):
            parts += self.scripted()
        self.at += bool(closing)
        return parts

    def scripted(self):
        """A symbol with all that is above and below it on its right."""
        if self.take(r" "):
            # Between factors; operators have room of their own.
            beside = self.text[self.at - 2 : self.at - 1] + self.text[self.at : self.at + 1]
            return [] if set(beside) & OPERATORS else [tag("mspace", width="0.25em")]
        base, below, above = self.symbol(), [], []
        while True:
            if run := self.take(f"[{''.join(LOWERED)}]+"):
                below.append(tag("mn", "".join(map(LOWERED.get, run))))
            elif run := self.take(f"[{''.join(RAISED)}]+"):
                above.append(tag("mi", "".join(map(RAISED.get, run))))
            elif run := self.take(r"'+"):
                above.append(tag("mo", "′" * len(run)))
            elif self.take(r"\*"):
                above.append(tag("mo", "*"))
            elif self.take(r"_"):
                below.append(self.script(INDEX + "|."))
            elif self.take(r"\^"):
                above.append(self.script(r"."))
            else:
                break
        below, above = [row(part) if part else None for part in (below, above)]
        match below, above:
            case None, None:
                return [base]
            case below, None:
                return [tag("msub", base, below)]
            case None, above:
                return [tag("msup", base, above)]
        return [tag("msubsup", base, below, above)]

    def script(self, single):
        if self.take(r"\{"):
            return row(self.until("}"))
        run = self.take(single)
        return row(Line(run).until("")) if run in FRACTIONS else tag("mi", run.replace("'", "′"))

    def symbol(self):
        """A letter, a number, a word, an operator, a root or what is in brackets."""
        if number := self.take(r"\d+(\.\d+)?"):
            return tag("mn", number)
        if self.take("√"):
            # Over what is in brackets; else over one symbol.
            if self.take(r"\("):
                return tag("msqrt", *self.until(")"))
            return tag("msqrt", *self.scripted())
        word = (self.peek(r"[A-Za-z]{2,}") or [""])[0]
        if word in FUNCTIONS or words(word):
            return tag("mi" if word in FUNCTIONS else "mtext", self.take(r"[A-Za-z]+"))
        letter = self.text[self.at]
        self.at += 1
        if letter in OPEN:
            end = CLOSE[OPEN.index(letter)]
            inside = self.until(end)
            bracket = {"stretchy": "false"}
            return tag("mrow", tag("mo", letter, **bracket), *inside, tag("mo", end, **bracket))
        if letter in FRACTIONS:
            over, under = FRACTIONS[letter]
            return tag("mfrac", tag("mn", over), tag("mn", under))
        if accent := self.take(f"[{''.join(ACCENTS)}]"):
            return tag("mover", tag("mi", letter), tag("mo", ACCENTS[accent]), accent="true")
        if letter in "ΣΔΨ":
            return tag("mi", letter, mathvariant="normal")
        return tag("mi" if letter.isalpha() or letter in "∂∞" else "mo", html.escape(letter))


def said(text):
    """Every sign, without where it stands: to compare a formula with what was made of it."""
    for fraction, (over, under) in FRACTIONS.items():
        text = text.replace(fraction, over + under)
    text = unicodedata.normalize("NFD", html.unescape(text))
    for table in (RAISED, LOWERED, ACCENTS):
        text = text.translate(str.maketrans(table))
    return sorted(re.sub(r"[ _^{}()√]", "", text.replace("′", "'")))


def mathml(text):
    """A formula as MathML."""
    made = "".join(Line(text).until(""))
    if said(re.sub(r"<[^>]+>", "", made)) != said(text):
        raise ValueError(f"{text} became {made}")
    return tag("math", made)


def displayed(block):
    """Lines of formulas; what stands apart in a line does so here."""
    lines = [re.split(r" {2,}", line.strip()) for line in block.rstrip().split("\n")]
    apart = {"style": "margin-right: 2em"}
    lines = [tag("div", *(tag("span", mathml(part), **apart) for part in line)) for line in lines]
    return tag("div", *lines, style="overflow-x: auto; margin: 1em 2em; padding: 0.4em 0; line-height: 1.8") + "\n\n"


def scripts(prose):
    """`w_j` and `e^{−λt}` in a line of prose, below and above; code and links stay."""
    below = rf"(?<=[\w*'‖)\]⁰²⊥∂∫\u0300-\u036f])\\?_(\{{[^}}]*\}}|{INDEX})"
    above = r"\^(\{[^}]*\}|[\w½])"

    def apart(text):
        text = re.sub(below, lambda found: tag("sub", found[1].strip("{}")), text)
        text = re.sub(above, lambda found: tag("sup", found[1].strip("{}")), text)
        # A star before a tag would begin emphasis.
        return re.sub(r"\\?\*<su", "&#42;<su", text)

    parts = re.split(r"(`[^`]*`|\]\([^)]*\))", prose)
    return "".join(part if i % 2 else apart(part) for i, part in enumerate(parts))


def on_page_markdown(markdown, page, **_):
    if page.file.src_uri != PAGE:
        return markdown
    markdown = re.sub(r"(?m)^(?!    |#).*$", lambda found: scripts(found.group()), markdown)
    return re.sub(r"(?m)(?<=\n\n)(?:^    \S.*\n)(?:^    .*\n)*", lambda found: displayed(found.group()), markdown)

"""Edits that re-uploaders make: each a function of a picture, a source of random numbers, and a function that gives
another picture. The same photo, edit and seed give the same pixels."""
import math

from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont, ImageOps

EDITS = {}
WORDS = "follow for more best day ever look at this link below wow new today exclusive".split()


def edit(name):
    def keep(function):
        EDITS[name] = function
        return function

    return keep


def font(size):
    return ImageFont.load_default(max(8, int(size)))


def phrase(random, count):
    return " ".join(random.choice(WORDS) for _ in range(count))


def fitted(picture, width, height):
    factor = min(width / picture.width, height / picture.height)
    return picture.resize((max(1, round(picture.width * factor)), max(1, round(picture.height * factor))), Image.LANCZOS)


def padded(picture, across, down, colour):
    out = Image.new("RGB", (picture.width + 2 * across, picture.height + 2 * down), colour)
    out.paste(picture, (across, down))
    return out


# Tone and detail.
edit("identity")(lambda p, r, o: p)
edit("half")(lambda p, r, o: p.resize((max(1, p.width // 2), max(1, p.height // 2)), Image.LANCZOS))
edit("brighter")(lambda p, r, o: ImageEnhance.Brightness(p).enhance(r.uniform(1.2, 1.5)))
edit("contrast")(lambda p, r, o: ImageEnhance.Contrast(p).enhance(r.uniform(0.5, 1.6)))
edit("blur")(lambda p, r, o: p.filter(ImageFilter.GaussianBlur(max(p.size) / 200)))
edit("negative")(lambda p, r, o: ImageOps.invert(p))
edit("mirrored")(lambda p, r, o: p.transpose(Image.FLIP_LEFT_RIGHT))


# Crops: keep a share of both sides, in the middle or at a corner or an edge; or anywhere, each side by itself.
def cropped(picture, across, down, x, y):
    width, height = round(picture.width * across), round(picture.height * down)
    left, top = round((picture.width - width) * x), round((picture.height - height) * y)
    return picture.crop((left, top, left + width, top + height))


for low, high in ((0.9, 0.97), (0.75, 0.9), (0.5, 0.75)):
    name = f"{round(100 * low)}to{round(100 * high)}"
    edit("cropMiddle" + name)(lambda p, r, o, a=low, b=high: (lambda s: cropped(p, s, s, 0.5, 0.5))(r.uniform(a, b)))
    edit("cropSide" + name)(
        lambda p, r, o, a=low, b=high: (lambda s, at: cropped(p, s, s, *at))(
            r.uniform(a, b), r.choice([(0, 0), (1, 0), (0, 1), (1, 1), (0, 0.5), (1, 0.5), (0.5, 0), (0.5, 1)])))
edit("cropOneSide")(lambda p, r, o: cropped(p, *r.choice([(r.uniform(0.4, 0.95), 1), (1, r.uniform(0.4, 0.95))]), r.choice([0, 0.5, 1]), r.choice([0, 0.5, 1])))
edit("cropAnywhere50to95")(lambda p, r, o: cropped(p, r.uniform(0.5, 0.95), r.uniform(0.5, 0.95), r.random(), r.random()))
edit("cropAnywhere35to50")(lambda p, r, o: cropped(p, r.uniform(0.35, 0.5), r.uniform(0.35, 0.5), r.random(), r.random()))


@edit("tiltedCrop")
def _(picture, random, other):
    angle = random.choice([-1, 1]) * random.uniform(2, 10)
    turn = math.radians(abs(angle))
    turned = picture.rotate(angle, Image.BICUBIC)
    # What surely is inside.
    factor = 1 / (math.cos(turn) + math.sin(turn) * max(picture.size) / min(picture.size))
    return cropped(turned, factor, factor, 0.5, 0.5)


edit("tiltedOnBlack")(lambda p, r, o: p.rotate(r.choice([-1, 1]) * r.uniform(3, 15), Image.BICUBIC, expand=True))

# Borders.
SHADES = [(0, 0, 0), (255, 255, 255), (24, 24, 28), (240, 240, 236)]
edit("letterbox")(lambda p, r, o: padded(p, 0, int(p.height * r.uniform(0.06, 0.3)), r.choice(SHADES)))
edit("pillarbox")(lambda p, r, o: padded(p, int(p.width * r.uniform(0.06, 0.3)), 0, r.choice(SHADES)))
edit("frame")(lambda p, r, o: (lambda b: padded(p, b, b, r.choice(SHADES)))(int(min(p.size) * r.uniform(0.04, 0.25))))


@edit("blurredSides")
def _(picture, random, other):
    share = random.uniform(0.1, 0.3)
    across, down = (0, int(picture.height * share)) if picture.width > picture.height else (int(picture.width * share), 0)
    size = (picture.width + 2 * across, picture.height + 2 * down)
    out = ImageOps.fit(picture, size).filter(ImageFilter.GaussianBlur(max(size) / 40))
    out.paste(picture, (across, down))
    return out


@edit("story")
def _(picture, random, other):
    out = Image.linear_gradient("L").resize((540, 960))
    colours = [tuple(random.randrange(20, 230) for _ in range(3)) for _ in range(2)]
    out = ImageOps.colorize(out, *colours)
    inner = fitted(picture, 540, 720)
    out.paste(inner, ((540 - inner.width) // 2, (960 - inner.height) // 2))
    return out


@edit("meme")
def _(picture, random, other):
    bar = int(picture.height * random.uniform(0.14, 0.26))
    colour, ink = random.choice([((255, 255, 255), (0, 0, 0)), ((0, 0, 0), (255, 255, 255))])
    below = random.choice([0, bar])
    out = Image.new("RGB", (picture.width, picture.height + bar + below), colour)
    out.paste(picture, (0, bar))
    draw = ImageDraw.Draw(out)
    for y in [bar / 2] + ([bar * 1.5 + picture.height] if below else []):
        draw.text((out.width / 2, y), phrase(random, 4), ink, font(bar * 0.3), anchor="mm")
    return out


# Overlays.
@edit("text")
def _(picture, random, other):
    out = picture.copy()
    draw = ImageDraw.Draw(out)
    for line in range(2):
        draw.text(
            (out.width * 0.05, out.height * (0.3 + 0.3 * line)), phrase(random, 3).upper(),
            random.choice([(255, 255, 255), (255, 230, 0), (255, 0, 80)]), font(out.height * 0.09),
            stroke_width=max(1, out.height // 150), stroke_fill=(0, 0, 0))
    return out


@edit("stickers")
def _(picture, random, other):
    out = picture.copy()
    draw = ImageDraw.Draw(out)
    size = min(out.size) * 0.17
    for _ in range(5):
        x, y = random.uniform(0, out.width - size), random.uniform(0, out.height - size)
        draw.ellipse((x, y, x + size, y + size), (255, 205, 50), (150, 90, 0), max(1, int(size / 20)))
        for eye in (0.3, 0.6):
            draw.ellipse((x + eye * size, y + 0.3 * size, x + (eye + 0.12) * size, y + 0.45 * size), (60, 30, 0))
    return out


@edit("watermark")
def _(picture, random, other):
    layer = Image.new("L", (picture.width * 2, picture.height * 2), 0)
    draw = ImageDraw.Draw(layer)
    text, size = phrase(random, 2), picture.height * 0.07
    for y in range(0, layer.height, max(1, int(2.4 * size))):
        for x in range(0, layer.width, max(1, int(0.75 * size * len(text)))):
            draw.text((x, y), text, 110, font(size))
    layer = layer.rotate(30).crop(
        (picture.width // 2, picture.height // 2, picture.width // 2 + picture.width, picture.height // 2 + picture.height))
    return Image.composite(Image.new("RGB", picture.size, (255, 255, 255)), picture, layer)


@edit("censorBar")
def _(picture, random, other):
    out = picture.copy()
    width, height = int(out.width * 0.5), int(out.height * 0.2)
    x, y = random.randrange(out.width - width), random.randrange(out.height - height)
    out.paste((0, 0, 0), (x, y, x + width, y + height))
    return out


# In something else.
def page(random, width, height):
    dark = random.random() < 0.5
    return Image.new("RGB", (width, height), (18, 18, 20) if dark else (250, 250, 250)), ((230, 230, 230) if dark else (30, 30, 30))


@edit("screenshotApp")
def _(picture, random, other):
    out, ink = page(random, 540, 1080)
    draw = ImageDraw.Draw(out)
    draw.text((20, 40), "Photos", ink, font(26))
    draw.line((0, 84, 540, 84), (120, 120, 120))
    draw.ellipse((16, 98, 58, 140), tuple(random.randrange(60, 230) for _ in range(3)))
    draw.text((70, 105), "@" + phrase(random, 1), ink, font(18))
    inner = fitted(picture, 540, 640)
    out.paste(inner, ((540 - inner.width) // 2, 156))
    for y in range(180 + inner.height, 1000, 26):
        draw.text((20, y), phrase(random, 6), ink, font(16))
    draw.line((0, 1020, 540, 1020), (120, 120, 120))
    return out


@edit("screenshotChat")
def _(picture, random, other):
    out = Image.new("RGB", (540, 1080), random.choice([(229, 221, 213), (13, 20, 24), (240, 242, 245)]))
    draw = ImageDraw.Draw(out)
    draw.rectangle((0, 0, 540, 90), random.choice([(7, 94, 84), (32, 44, 51), (250, 250, 250)]))
    y = 110

    def bubble(y):
        x = random.choice((16, 200))
        draw.rounded_rectangle((x, y, x + 320, y + 46), 12, random.choice([(255, 255, 255), (220, 248, 198)]))
        draw.text((x + 12, y + 12), phrase(random, 4), (10, 10, 10), font(17))
        return y + 60

    y = bubble(bubble(y))
    inner = fitted(picture, 330, 520)
    x = 540 - inner.width - 24
    draw.rounded_rectangle((x - 6, y - 6, x + inner.width + 6, y + inner.height + 26), 10, (220, 248, 198))
    out.paste(inner, (x, y))
    y += inner.height + 44
    while y < 1000:
        y = bubble(y)
    return out


@edit("screenshotPage")
def _(picture, random, other):
    out, ink = page(random, 1280, 800)
    draw = ImageDraw.Draw(out)
    draw.rectangle((0, 0, 1280, 70), (60, 90, 150))
    for y in range(100, 780, 24):
        draw.text((60, y), phrase(random, 5), ink, font(15))
    inner = fitted(picture, 640, 460)
    out.paste(inner, (480, 110))
    for y in range(130 + inner.height, 780, 24):
        draw.text((480, y), phrase(random, 9), ink, font(15))
    return out


@edit("collage2")
def _(picture, random, other):
    gap = random.choice([0, 4, 8])
    pair = [picture, other()]
    random.shuffle(pair)
    if picture.width < picture.height:
        pair = [p if p is picture else p.resize((max(1, p.width * picture.height // p.height), picture.height)) for p in pair]
        out = Image.new("RGB", (pair[0].width + pair[1].width + gap, picture.height), (255, 255, 255))
        out.paste(pair[1], (pair[0].width + gap, 0))
    else:
        pair = [p if p is picture else p.resize((picture.width, max(1, p.height * picture.width // p.width))) for p in pair]
        out = Image.new("RGB", (picture.width, pair[0].height + pair[1].height + gap), (255, 255, 255))
        out.paste(pair[1], (0, pair[0].height + gap))
    out.paste(pair[0], (0, 0))
    return out


@edit("collage4")
def _(picture, random, other):
    width, gap = 400, random.choice([0, 6, 10])
    height = max(1, round(400 * picture.height / picture.width))
    cells = [picture.resize((width, height), Image.LANCZOS)] + [ImageOps.fit(other(), (width, height)) for _ in range(3)]
    random.shuffle(cells)
    out = Image.new("RGB", (2 * width + gap, 2 * height + gap), (255, 255, 255))
    for i, cell in enumerate(cells):
        out.paste(cell, (i % 2 * (width + gap), i // 2 * (height + gap)))
    return out


for share in (40, 60):
    @edit(f"pictureInPicture{share}")
    def _(picture, random, other, share=share / 100):
        out = other()
        out = out.resize((800, round(800 * out.height / out.width)))
        inner = fitted(picture, share * out.width, share * out.height)
        out.paste(inner, (int((out.width - inner.width) * random.random()), int((out.height - inner.height) * random.random())))
        return out


@edit("photoOfScreen")
def _(picture, random, other):
    inner = fitted(picture, 720, 720)
    width, height = int(inner.width * 1.2), int(inner.height * 1.2)
    def corner(x, y):
        return x * width + random.uniform(-0.045, 0.045) * width, y * height + random.uniform(-0.045, 0.045) * height
    corners = [corner(0.07, 0.07), corner(0.07, 0.93), corner(0.93, 0.93), corner(0.93, 0.07)]
    # Where each pixel of the photo comes from on the screen.
    import numpy
    rows, values = [], []
    for (x, y), (u, v) in zip(corners, [(0, 0), (0, inner.height), inner.size, (inner.width, 0)]):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    factors = numpy.linalg.solve(numpy.array(rows, float), numpy.array(values, float))
    out = inner.transform((width, height), Image.PERSPECTIVE, tuple(factors), Image.BICUBIC, fillcolor=(40, 40, 40))
    return ImageEnhance.Brightness(out.filter(ImageFilter.GaussianBlur(0.8))).enhance(random.uniform(0.75, 0.95))


# Several at once.
def chain(name, *names):
    def run(picture, random, other):
        for step in names:
            picture = EDITS[step](picture, random, other)
        return picture

    edit(name)(run)


chain("comboCropTone", "cropSide90to97", "contrast", "half")
chain("comboMirrorCropText", "mirrored", "cropSide75to90", "text")
chain("comboMirrorMemeBars", "mirrored", "meme", "pillarbox")
chain("comboStickersScreenshot", "stickers", "screenshotApp", "cropMiddle90to97")

"""Colors that people who see fewer of them can tell apart (Okabe and Ito, 2008)."""

CLASS_COLORS = (
    "#0072B2",
    "#E69F00",
    "#CC79A7",
    "#009E73",
    "#F0E442",
    "#56B4E9",
    "#D55E00",
)
LUMA = (0.299, 0.587, 0.114)  # what red, green, blue add to brightness
BRIGHT = 0.45  # from here on, black text reads better than white

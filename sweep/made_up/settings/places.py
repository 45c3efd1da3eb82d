"""Parameters of streets, buildings and firms; `sweep.made_up.settings.city` explains the source tags."""

from dataclasses import dataclass

Weights = tuple[tuple[str, float], ...]
"""Relative frequency by key; tuples, so that settings are hashable and immutable."""


@dataclass(frozen=True, slots=True)
class District:
    """District of the city: all points nearer to its centre than to the centre of any other district."""

    code: str
    """Division code in the form of GB/T 2260, six digits."""
    name: str
    x_m: float
    y_m: float
    """Centre of the district, metres east and north of the city's centre."""
    stock: float
    """Weight by which the office buildings of the city are divided among the districts."""
    n_quarters: int
    """Number of business quarters in the district."""


@dataclass(frozen=True, slots=True)
class StreetSettings:
    """
    Parameters of the street lattice; all are assumptions without a source.

    Rows run from west to east, columns from south to north, bent as in a Chinese city on a plain.
    """

    n_columns: int = 57
    n_rows: int = 41
    step_m: float = 250.0
    """Mean distance between neighbouring lines, metres: 56 lines apart are 14 km, 40 are 10 km."""
    arterial_every: int = 4
    """Every fourth line is an arterial, 1 km apart; half-way between them is a secondary street."""
    turn_degrees: float = 4.0
    """Rotation of the whole lattice, anticlockwise."""
    bend_m: float = 110.0
    """Amplitude of each of the two sine waves that bend the lines."""
    line_shift_m: float = 45.0
    """Largest random shift of a whole line."""
    node_jitter_m: float = 14.0
    """Standard deviation of the random shift of each node, in x and in y."""
    lane_kept_share: float = 0.62
    """Share of lane pieces that are built; missing ones make large blocks."""
    n_parks: int = 3
    """Number of blocks between arterials that have no streets."""
    n_oneway_pairs: int = 3
    """Pairs of lanes with opposite one-way directions, on both sides of a secondary street."""
    river_row: float = 28.5
    """Row along which the river runs, counted from 0 in the south."""
    river_swing_rows: float = 1.6
    """Swing of the river around `river_row`, in rows; only arterials cross the river."""
    ring_columns: tuple[int, int] = (16, 40)
    ring_rows: tuple[int, int] = (12, 24)
    """First and last column, and first and last row, of the ring road."""
    diagonal_from: tuple[int, int] = (20, 4)
    """Column and row of the node at which the diagonal arterial starts."""
    diagonal_steps: int = 20
    """Largest number of pieces of the diagonal, each one column and one row further."""
    arterial_kmh: int = 60
    secondary_kmh: tuple[int, ...] = (40, 50)
    lane_kmh: tuple[int, ...] = (20, 30)
    """Possible speed limits of lanes; `secondary_kmh`: of secondary streets. One limit is drawn for each street."""


@dataclass(frozen=True, slots=True)
class BuildingSettings:
    """Parameters of the office buildings; [U]: an assumption, [S84] and others: sources in the domain notes."""

    quarter_share: float = 0.65
    """Share of the sites in dense business quarters; the rest are along arterials [U]."""
    quarter_spread_m: float = 260.0
    """
    Standard deviation of the distance of sites from a quarter's centre; larger in cities of more than 290 buildings.
    """
    complexes_per_building: float = 35 / 290
    """Number of complexes (several towers with one owner) for each building [U]."""
    complex_sizes: tuple[tuple[int, float], ...] = ((2, 0.45), (3, 0.30), (4, 0.15), (5, 0.10))
    """Number of towers of a complex, and its relative frequency."""
    area_median_m2: float = 28_000.0
    """Median floor area: 31,400 m2 a building in [S84], 46,000 in [S83]; median and sigma from domain section 5."""
    area_sigma: float = 0.6
    """Standard deviation of the logarithm of the floor area; `firms_sigma`: that of the number of firms."""
    plate_m2: tuple[float, float] = (1_200.0, 1_800.0)
    """Smallest and largest area of one floor; likewise the other pairs: `n_floors`, `n_firms`, `n_exits`."""
    n_floors: tuple[int, int] = (5, 63)
    l_shape_share: float = 0.15
    """Share of sites with L-shaped towers."""
    firms_median: float = 32.0
    """Median number of firms in a building: 28 [S86], 28 [S88], 39 [S87], 47 [S84]."""
    firms_sigma: float = 0.7
    n_firms: tuple[int, int] = (5, 300)
    area_firms_correlation: float = 0.6
    """Correlation of the logarithms of floor area and number of firms [U]."""
    n_exits: tuple[int, int] = (2, 9)
    property_companies_per_building: float = 0.22
    """Number of property companies for each building: one manages about four or five [U]."""
    no_area_share: float = 0.03
    """Share of building files without a floor area [U]."""


@dataclass(frozen=True, slots=True)
class FirmSettings:
    """Parameters of the register of firms; [U]: an assumption, [S83] and others: sources in the domain notes."""

    vacancy: float = 0.20
    """Share of empty rooms: 15-44 % [S83][S85]."""
    staff_median: float = 6.0
    """Median staff of a firm: 5.7 and 6.7 an office in operations A and C of the domain notes."""
    staff_sigma: float = 1.0
    """Standard deviation of the logarithm of the staff."""
    n_staff: tuple[int, int] = (1, 500)
    """Smallest and largest staff of a firm."""
    individual_share: float = 0.22
    """Share of individual businesses, code 92: 105 of 482 [S88]."""
    credit_classes: Weights = (("A", 0.30), ("B", 0.50), ("C", 0.15), ("D", 0.05))
    """Shares of firms by credit class [U]; the sources state only how each class is treated [S23][S25]."""
    reg_statuses: Weights = (("存续", 0.55), ("在业", 0.25), ("开业", 0.15), ("吊销未注销", 0.02), ("迁出", 0.03))
    """Shares of firms by registration status [U]; words from [S55] and domain 3.5."""
    shared_unit_share: float = 0.08
    """Share of firms registered in the room of another firm (一址多照) [U]; far more in registration hubs [S7]."""
    name_only_share: float = 0.06
    """Share of firms without building id, but with the building's name in the address [U]."""
    point_only_share: float = 0.04
    """Share of firms with a point only, without building id and address [U]."""
    no_unit_share: float = 0.05
    """Share of firms without floor and room, among the firms that have a building id or an address [U]."""


DISTRICTS = (
    # Stock: about 100, 80, 60 and 50 office buildings in four central districts [S80]. Names are invented.
    District("370102", "晨东区", 3_300.0, -900.0, 100.0, 2),
    District("370103", "麦阳区", -600.0, -2_300.0, 80.0, 2),
    District("370104", "翠西区", -4_300.0, -300.0, 60.0, 1),
    District("370105", "琴桥区", -400.0, 3_000.0, 50.0, 1),
)

import pytest

from heatmaps.complaints.profiles import (
    COLUMNS,
    EXTRA_COLUMNS,
    PAIRS,
    Kind,
    Profile,
    load_profile,
    packaged_profiles,
)
from heatmaps.complaints.record import ComplaintBatch
from heatmaps.complaints.rows import EXTRA, map_objects
from heatmaps.errors import ConfigError


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("default", Kind.COMPLAINTS),
        ("boston311", Kind.COMPLAINTS),
        ("boston_population", Kind.SUBSCRIBERS),
    ],
)
def test_packaged_profiles_load(name, kind):
    assert load_profile(name, kind).kind == kind
    assert name in packaged_profiles()


def test_our_columns_are_those_of_a_complaint():
    ours = {*COLUMNS[Kind.COMPLAINTS], *EXTRA_COLUMNS[Kind.COMPLAINTS], EXTRA} - set(PAIRS)
    assert ours == set(ComplaintBatch.__slots__) - {"line", "flags", "content_hash"}


def test_default_profile_reads_our_names_as_they_are_but_no_names_of_people():
    header = [*COLUMNS[Kind.COMPLAINTS], "name"]
    assert load_profile("default").positions(header) == {
        ours: (place,) for place, ours in enumerate(COLUMNS[Kind.COMPLAINTS])
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("colums = {}", "unknown key colums"),
        ("[columns]\nid = 'x'", "columns.id is no column of complaints"),
        ("kind = 'subscribers'\n[columns]\ntopic = 'x'", "columns.topic is no column of sub"),
        ("[defaults]\ntopik = 'x'", "defaults.topik"),
        ("timezone = 'Europe/Moskow'", "timezone = 'Europe/Moskow': no such time zone"),
        ("timezone = '../etc/passwd'", "no such time zone"),
        ("timezone = ''", "no such time zone"),
        ("encoding = 'utf-99'", "encoding = 'utf-99'"),
        ("encoding = 'utf-16'", "use utf-8 or cp1251"),
        ("encoding = 'base64'", "use utf-8 or cp1251"),
        ("delimiter = '||'", "delimiter = '||'"),
        ("time_formats = ['%H:%M']", "does not tell a day"),
        ("time_formats = []", "time_formats"),
        ("kind = 'people'", "kind = 'people'"),
        ("source = ''", "source"),
        ("[only]\ntype = []", "only.type"),
        ("columns = 1", "columns = 1"),
        ("[columns]\naddress = {join = ['a']}", "columns.address.join = ['a']"),
        ("[columns]\naddress = {join = ['a', 'b'], by = ''}", "columns.address.by; remove it"),
        ("[columns]\naddress = ['']", "columns.address.0 = ''"),
        ("timezone =", "not valid TOML"),
        (b"source = '\xd0'", "not valid TOML in UTF-8"),
    ],
)
def test_a_wrong_profile_is_told_in_one_sentence(file, text, said):
    path = file(text, "p.toml")
    with pytest.raises(ConfigError) as caught:
        load_profile(path)
    message = str(caught.value)
    assert said in message
    assert str(path) in message
    assert message.endswith(".")
    assert "\n" not in message


def test_an_unknown_name_lists_the_known():
    with pytest.raises(ConfigError, match=r"no intake profile 'bosten'.*boston311.*default"):
        load_profile("bosten")


def test_a_missing_file_and_a_directory_are_told(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        load_profile(tmp_path / "none.toml")
    with pytest.raises(ConfigError, match="cannot be read"):
        load_profile(tmp_path)


def test_a_profile_of_another_kind_is_refused():
    with pytest.raises(ConfigError, match="is for subscribers, not for complaints"):
        load_profile("boston_population")


def mapped(profile, *rows):
    return map_objects(profile, range(2, 2 + len(rows)), rows)


def test_columns_take_the_first_candidate_the_file_has():
    profile = Profile(columns={"address": ("full_address", "street"), "external_id": ("ID",)})
    batch = mapped(profile, {"id ": "7", "Street": " Невский, 1 ", "address": "not this"})
    assert batch.column("external_id") == ["7"]
    assert batch.column("address") == ["Невский, 1"]


def test_columns_are_joined_and_what_is_empty_is_left_out(file):
    path = file(
        "[columns]\ncreated_at = { join = ['Дата', 'Время'] }\n"
        "address = { join = ['Город', 'Улица', 'Дом'], with = ', ' }\n",
        "p.toml",
    )
    profile = load_profile(path)
    full = {"Дата": "05.01.2026", "время": "10:30", "Город": "Псков", "Улица": "Мира", "Дом": "5"}
    batch = mapped(profile, full, {**full, "Город": " ", "время": ""}, {})
    assert batch.column("created_at") == ["05.01.2026 10:30", "05.01.2026", None]
    assert batch.column("address") == ["Псков, Мира, 5", "Мира, 5", None]
    assert profile.used(full) == set(full)
    without = {name: value for name, value in full.items() if name != "Дом"}
    assert mapped(profile, without).column("address") == ["Псков, Мира"]


def test_a_column_read_as_another_is_not_read_under_its_own_name_too():
    profile = Profile(columns={"channel": ("source",), "owner": ()})
    batch = mapped(profile, {"source": "call", "owner": "somebody"})
    assert batch.column("channel") == ["call"]
    assert batch.column("source") == [None]
    assert batch.column("owner") == [None]


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("Входящий звонок", "call"),
        (" ВХОДЯЩИЙ ЗВОНОК ", "call"),
        ("письмо", "web"),
        ("", "app"),
        ("робот", "app"),
    ],
)
def test_values_are_mapped_caseless_with_a_word_for_the_rest(theirs, ours):
    profile = Profile(
        values={"channel": {"входящий звонок": "call", "робот": "", "*": "web"}},
        defaults={"channel": "app"},
    )
    assert mapped(profile, {"channel": theirs}).column("channel") == [ours]


def test_values_without_a_word_for_the_rest_pass_as_they_are():
    profile = Profile(values={"channel": {"звонок": "call"}})
    assert mapped(profile, {"channel": "fax"}).column("channel") == ["fax"]


def test_defaults_fill_what_is_absent_and_columns_the_file_lacks():
    profile = Profile(defaults={"topic": "no_service", "city": "Псков"})
    batch = mapped(profile, {"topic": ""}, {"topic": "other"})
    assert batch.column("topic") == ["no_service", "other"]
    assert batch.column("city") == ["Псков", "Псков"]


def test_only_keeps_rows_and_counts_the_rest():
    profile = Profile(only={"Type": ("Street Light Outages",), "town": ("boston", "quincy")})
    batch = mapped(
        profile,
        {"type": "street light outages", "town": "Boston", "external_id": "1"},
        {"type": "Pothole", "town": "Boston", "external_id": "2"},
        {"type": "Street Light Outages", "town": "Lynn", "external_id": "3"},
        {"type": " Street Light Outages", "town": "QUINCY", "external_id": "4"},
    )
    assert batch.column("external_id") == ["1", "4"]
    assert batch.line.tolist() == [2, 5]
    assert batch.left_out == 2
    assert batch.rows_in == 4

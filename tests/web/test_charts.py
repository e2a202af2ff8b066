from web.charts import draw_curve


def test_a_curve_has_its_highest_value_at_the_top():
    line, area = draw_curve([0.0, 1.0, 0.5], top=1.0)

    assert line == "M0.0 46.0L80.0 2.0L160.0 24.0L240.0 24.0"
    assert area == "M0.0 48L0.0 46.0L80.0 2.0L160.0 24.0L240.0 24.0L240.0 48Z"


def test_where_nothing_is_known_there_is_a_gap():
    line, area = draw_curve([None, 1.0, None, 0.0], top=1.0)

    assert line == "M60.0 2.0L120.0 2.0M180.0 46.0L240.0 46.0"
    assert area.count("Z") == 2


def test_nothing_is_drawn_of_nothing():
    assert draw_curve([], top=1.0) == ("", "")
    assert draw_curve([None, None], top=1.0) == ("", "")


def test_what_is_beyond_the_edges_stays_inside():
    assert draw_curve([7.0, -1.0], top=1.0)[0] == "M0.0 2.0L120.0 46.0L240.0 46.0"
    assert draw_curve([7.0], top=0.0)[0] == "M0.0 46.0L240.0 46.0"

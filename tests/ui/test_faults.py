from streamlit.testing.v1 import AppTest


def page():
    import streamlit as st

    from heatmaps.errors import StoreError
    from heatmaps.ui.faults import fault_display
    from heatmaps.ui.locale import translator

    show = fault_display(translator("ru"))
    private = "Тайная улица, 7"
    st.session_state["handled"] = [show(StoreError("No store; make one.")), show(KeyError(private))]


def test_errors_of_ours_say_their_sentence_and_others_nothing_of_themselves():
    app = AppTest.from_function(page).run()
    ours, other = (error.value for error in app.error)
    assert ours == "No store; make one."
    assert other.startswith("Страница не открылась")
    assert "Тайная" not in other
    assert app.session_state["handled"] == [True, True]

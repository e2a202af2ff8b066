import gc

from django.template import engines

from config.warming import warm_process


def test_templates_are_compiled_and_the_collector_need_not_look_at_them_again():
    try:
        warm_process()

        loader = engines["django"].engine.template_loaders[0]
        assert any("lab_sessions/_ready.html" in str(key) for key in loader.get_template_cache)
        assert gc.get_freeze_count() > 10_000
    finally:
        gc.unfreeze()

from __future__ import annotations

import pytest

from regrow.errors import NotFound
from regrow.platform.demo_story import STORIES, VARIABLE, Story, chosen


def test_without_a_wish_the_whole_story_is_played() -> None:
    assert chosen({}) == STORIES["whole"]


def test_an_unknown_story_is_refused_with_the_known_ones() -> None:
    with pytest.raises(NotFound, match=r"shrt.*short"):
        chosen({VARIABLE: "shrt"})


@pytest.mark.parametrize("story", STORIES.values(), ids=list(STORIES))
def test_every_story_ends_two_months_and_meets_the_blizzard(story: Story) -> None:
    assert story.history[-1].isoformat() == "2013-01-31"
    assert story.end == "2013-02-28"
    assert "2013-02-08" in story.refused


def test_only_days_that_arrive_are_said_to_be_refused() -> None:
    assert STORIES["whole"].refused == ("2013-02-08", "2013-02-09")
    assert STORIES["short"].refused == ("2013-02-08",)

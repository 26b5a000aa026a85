import pickle

from regrow.spec.problems import Problem, SpecError, excerpt


def problem(**changes: object) -> Problem:
    facts = {"file": "a.yaml", "line": 2, "column": 3, "field": "spec.data", "message": "is wrong", **changes}
    return Problem.model_validate(facts)


def test_a_problem_says_place_field_and_what_is_allowed() -> None:
    told = problem(allowed=("one", "two"), nearest="two")
    assert told.sentence == "a.yaml:2:3: spec.data: is wrong; allowed: one, two; did you mean 'two'?"
    assert problem(field="").sentence == "a.yaml:2:3: is wrong"


def test_an_excerpt_has_three_lines_and_a_caret_under_the_column() -> None:
    assert excerpt(["a: 1", "b: 2", "c: 3"], 2, 4) == ("    1 | a: 1", "    2 | b: 2", "      |    ^", "    3 | c: 3")


def test_an_excerpt_at_the_edges_has_fewer_lines() -> None:
    assert excerpt(["a"], 1, 1) == ("    1 | a", "      | ^")
    assert excerpt([], 1, 1) == ()


def test_an_excerpt_of_a_long_line_moves_to_the_column() -> None:
    line = "x" * 500 + "HERE" + "y" * 500
    _, caret = excerpt([line], 1, 501)
    shown, _ = excerpt([line], 1, 501)
    assert shown[caret.index("^") :].startswith("HERE")
    assert len(shown) < 120


def test_an_excerpt_holds_nothing_that_a_terminal_would_obey() -> None:
    assert excerpt(["a: \x1b[31m\tx"], 1, 4)[0] == "    1 | a: ?[31m x"


def test_a_spec_error_carries_every_problem_also_across_processes() -> None:
    error = SpecError([problem(), problem(line=5, allowed=("x",))])
    assert error.exit_code == 2
    again = pickle.loads(pickle.dumps(error))
    assert again.problems == error.problems
    assert str(again) == "a.yaml:2:3: spec.data: is wrong\na.yaml:5:3: spec.data: is wrong; allowed: x"


def test_facts_are_for_machines() -> None:
    assert SpecError([problem(nearest="x")]).facts_of_all() == [
        {
            "code": "spec",
            "file": "a.yaml",
            "line": 2,
            "column": 3,
            "field": "spec.data",
            "message": "is wrong",
            "allowed": [],
            "nearest": "x",
        }
    ]

from pathlib import Path

from regrow.spec.load import load_pipeline
from regrow.steps.graph import arrival_graph, retrain_graph, rounds
from support.toy import YAML, Toy


def test_every_node_names_an_upstream_that_comes_before_it(tmp_path: Path) -> None:
    pipeline = load_pipeline(Toy(tmp_path).yaml).pipeline
    for graph in (retrain_graph(pipeline), arrival_graph(pipeline)):
        seen: set[str] = set()
        for node in graph:
            assert set(node.upstream) <= seen
            seen.add(node.id)


def test_a_study_of_three_rounds_asks_three_times(tmp_path: Path) -> None:
    toy = Toy(tmp_path)
    toy.yaml.write_text(YAML.replace("rounds: 1", "rounds: 3"))
    pipeline = load_pipeline(toy.yaml).pipeline
    assert rounds(pipeline) == 3
    asks = [node.id for node in retrain_graph(pipeline) if node.kind == "ask"]
    assert asks == ["ask_0", "ask_1", "ask_2"]


def test_trials_and_partitions_are_the_mapped_nodes(tmp_path: Path) -> None:
    pipeline = load_pipeline(Toy(tmp_path).yaml).pipeline
    mapped = {node.kind for node in (*retrain_graph(pipeline), *arrival_graph(pipeline)) if node.mapped}
    assert mapped == {"trial", "snapshot", "gate"}

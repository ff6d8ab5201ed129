//! What a scenario means: one of the experiments, with its keys.

use super::deep::flow::keys::DeepFlow;
use super::deep::hessian::keys::FlatMinima;
use super::deep::labels::keys::ImplicitRegularization;
use super::deep::tickets::keys::LotteryTickets;
use super::deep::training::keys::DeepTraining;
use super::panels::Panels;
use super::sgd_vs_flow::SgdVsFlow;
use super::theorem4::Theorem4;
use super::theorem5::Theorem5;
use crate::config::document::{Node, Value};
use crate::config::section::Section;
use crate::config::{Document, ScenarioError};
use serde::Serialize;

/// A scenario that makes sense.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Scenario {
    /// `experiment = "theorem4"`
    Theorem4(Box<Theorem4>),
    /// `experiment = "fan-out-panels"`
    Panels(Box<Panels>),
    /// `experiment = "theorem5"`
    Theorem5(Box<Theorem5>),
    /// `experiment = "sgd-vs-flow"`
    SgdVsFlow(Box<SgdVsFlow>),
    /// `experiment = "deep-training"`
    DeepTraining(Box<DeepTraining>),
    /// `experiment = "deep-flow"`
    DeepFlow(Box<DeepFlow>),
    /// `experiment = "implicit-regularization"`
    ImplicitRegularization(Box<ImplicitRegularization>),
    /// `experiment = "lottery-tickets"`
    LotteryTickets(Box<LotteryTickets>),
    /// `experiment = "flat-minima"`
    FlatMinima(Box<FlatMinima>),
}

/// The experiments that a scenario may name.
const EXPERIMENTS: &[&str] = &[
    "theorem4",
    "theorem5",
    "fan-out-panels",
    "sgd-vs-flow",
    "deep-training",
    "deep-flow",
    "implicit-regularization",
    "lottery-tickets",
    "flat-minima",
];

impl Scenario {
    /// Gives a document its meaning.
    pub fn interpret(document: Document) -> Result<Self, ScenarioError> {
        let mut root = Section::root(document);
        if root.has("sweep")
            && let Some(sweep) = root.take("sweep")
        {
            let found = Node::new(Value::Text("[sweep]".into()), sweep.origin);
            return Err(root.wrong(
                "sweep",
                &found,
                "no sweep here; luckflow sweep takes this file",
            ));
        }
        Ok(match root.required_text("experiment", EXPERIMENTS)? {
            "theorem4" => Self::Theorem4(Box::new(Theorem4::read(root)?)),
            "theorem5" => Self::Theorem5(Box::new(Theorem5::read(root)?)),
            "fan-out-panels" => Self::Panels(Box::new(Panels::read(root)?)),
            "sgd-vs-flow" => Self::SgdVsFlow(Box::new(SgdVsFlow::read(root)?)),
            "deep-training" => Self::DeepTraining(Box::new(DeepTraining::read(root)?)),
            "deep-flow" => Self::DeepFlow(Box::new(DeepFlow::read(root)?)),
            "implicit-regularization" => {
                Self::ImplicitRegularization(Box::new(ImplicitRegularization::read(root)?))
            }
            "lottery-tickets" => Self::LotteryTickets(Box::new(LotteryTickets::read(root)?)),
            "flat-minima" => Self::FlatMinima(Box::new(FlatMinima::read(root)?)),
            _ => unreachable!("only listed names are let through"),
        })
    }

    /// What it is called, the name of its file, and the seed from which all its random numbers come.
    fn identity(&self) -> (&str, u64) {
        match self {
            Self::Theorem4(scenario) => (&scenario.name, scenario.seed),
            Self::Theorem5(scenario) => (&scenario.name, scenario.seed),
            Self::Panels(scenario) => (&scenario.base.name, scenario.base.seed),
            Self::SgdVsFlow(scenario) => (&scenario.base.name, scenario.base.seed),
            Self::DeepTraining(scenario) => (&scenario.base.name, scenario.base.seed),
            Self::DeepFlow(scenario) => (&scenario.base.name, scenario.base.seed),
            Self::ImplicitRegularization(scenario) => (&scenario.base.name, scenario.base.seed),
            Self::LotteryTickets(scenario) => (&scenario.base.name, scenario.base.seed),
            Self::FlatMinima(scenario) => (&scenario.base.name, scenario.base.seed),
        }
    }

    /// Whether a run of it can go on after it was stopped.
    pub fn keeps_checkpoints(&self) -> bool {
        matches!(
            self,
            Self::DeepTraining(_)
                | Self::ImplicitRegularization(_)
                | Self::LotteryTickets(_)
                | Self::FlatMinima(_)
        )
    }

    /// From which all its random numbers come.
    pub fn seed(&self) -> u64 {
        self.identity().1
    }

    /// What it is called: the name of its file.
    pub fn name(&self) -> &str {
        self.identity().0
    }
}

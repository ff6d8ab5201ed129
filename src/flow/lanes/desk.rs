//! Tasks as coroutines, and the desk where they ask for velocities.

use super::evaluate::Ask;
use super::{Constants, Lanes};
use crate::lately;
use corosensei::stack::DefaultStack;
use corosensei::{Coroutine, CoroutineResult, Yielder};
use std::array;
use std::cell::Cell;
use std::marker::PhantomData;
use std::ptr;

/// Tasks side by side: two registers of four numbers, so that sums have no time to wait for each other, or one of eight.
pub const LANES: usize = 8;

/// Shapes of which working memory is kept: as many as may be asked for at a time.
const SHAPES: usize = LANES;

thread_local! {
    /// Of the coroutine that runs on this thread, if one does.
    static DESK: Cell<*const Yielder<(), Request>> = const { Cell::new(ptr::null()) };

    /// Whether no other task of this thread can go on.
    static STUCK: Cell<bool> = const { Cell::new(false) };
}

/// What a coroutine waits for.
#[derive(Clone, Copy)]
enum Request {
    /// A velocity.
    Velocity(Asked),
    /// Something that another thread does: others come first.
    Turn,
}

/// The pointers are of an [`Ask`] that lives on the coroutine's stack, and so until it is resumed.
#[derive(Clone, Copy)]
struct Asked {
    constants: *const Constants,
    state: *const [f64],
    velocity: *mut [f64],
    loss: Option<*mut f64>,
}

impl Asked {
    /// # Safety
    /// The coroutine that asked has not been resumed since, and there is one such ask at a time.
    unsafe fn ask<'a>(self) -> Ask<'a> {
        // SAFETY: they come from references that the waiting coroutine holds.
        unsafe {
            Ask {
                constants: &*self.constants,
                state: &*self.state,
                velocity: &mut *self.velocity,
                loss: self.loss.map(|loss| &mut *loss),
            }
        }
    }
}

/// Has it answered beside what other tasks ask; gives it back where this thread runs no tasks side by side.
pub fn hand_in(ask: Ask) -> Option<Ask> {
    let desk = DESK.get();
    if desk.is_null() {
        return Some(ask);
    }
    let asked = Asked {
        constants: ask.constants,
        state: ask.state,
        velocity: ask.velocity,
        loss: ask.loss.map(ptr::from_mut),
    };
    // SAFETY: it is set while its coroutine runs, which is the one that we are in.
    unsafe { &*desk }.suspend(Request::Velocity(asked));
    None
}

/// Lets the other tasks of this thread go on; false where there is none that could.
fn let_others_go_on() -> bool {
    let desk = DESK.get();
    if desk.is_null() || STUCK.get() {
        return false;
    }
    // SAFETY: as above.
    unsafe { &*desk }.suspend(Request::Turn);
    true
}

/// Does something without waiting for others, also within a task of [`side_by_side`].
pub fn alone<R>(task: impl FnOnce() -> R) -> R {
    let _restored = Restored(DESK.replace(ptr::null()));
    task()
}

/// A task that waits.
struct Waiting<'a> {
    coroutine: Coroutine<(), Request, ()>,
    desk: *const Yielder<(), Request>,
    request: Request,
    /// What the task has borrowed.
    borrows: PhantomData<&'a ()>,
}

/// Does all tasks that `next` gives, on this thread, up to [`LANES`] of them at a time. A task has a stack of so many bytes.
///
/// `next` is told whether nothing else is under way: then it may wait for a task, and gives `None` when there is none
/// left; otherwise it gives `None` also where it would have to wait.
///
/// # Panics
/// If a task does; the others are given up.
pub fn side_by_side<'a, T: FnOnce() + 'a>(stack: usize, mut next: impl FnMut(bool) -> Option<T>) {
    let mut waiting: [Option<Waiting<'a>>; LANES] = array::from_fn(|_| None);
    let mut stacks = Vec::new();
    let mut shapes: Vec<Lanes<LANES>> = Vec::new();
    lately::meanwhile(let_others_go_on);
    loop {
        let mut lane = 0;
        while lane < LANES {
            if waiting[lane].is_some() {
                lane += 1;
                continue;
            }
            let nothing = waiting.iter().all(Option::is_none);
            let Some(task) = next(nothing) else { break };
            let memory = stacks.pop().or_else(|| DefaultStack::new(stack).ok());
            match memory {
                Some(memory) => waiting[lane] = begin(memory, task, &mut stacks),
                // No memory for a stack: on this one, before the others go on.
                None => task(),
            }
        }
        if waiting.iter().all(Option::is_none) {
            return;
        }
        // With none answered the first one has to wait for another thread.
        STUCK.set(answer(&waiting, &mut shapes) == 0);
        let _restored = Restored(DESK.get());
        for place in &mut waiting {
            if let Some(task) = place {
                let goes_on = go_on(task);
                STUCK.set(false);
                if !goes_on && let Some(task) = place.take() {
                    stacks.push(task.coroutine.into_stack());
                }
            }
        }
    }
}

/// The desk that was there before, and will be again, also when a task panics.
struct Restored(*const Yielder<(), Request>);

impl Drop for Restored {
    fn drop(&mut self) {
        DESK.set(self.0);
    }
}

/// Runs a task until it waits; `None` when it has ended.
fn begin<'a>(stack: DefaultStack, task: impl FnOnce() + 'a, stacks: &mut Vec<DefaultStack>) -> Option<Waiting<'a>> {
    let body = |yielder: &Yielder<(), Request>, ()| {
        DESK.set(yielder);
        task();
    };
    // SAFETY: it is ended or dropped within `side_by_side`, which what it borrows outlives; nothing forgets it.
    let mut coroutine = unsafe { Coroutine::with_stack_unchecked(stack, body) };
    let (result, desk) = {
        let _restored = Restored(DESK.get());
        (coroutine.resume(()), DESK.get())
    };
    match result {
        CoroutineResult::Yield(request) => Some(Waiting {
            coroutine,
            desk,
            request,
            borrows: PhantomData,
        }),
        CoroutineResult::Return(()) => {
            stacks.push(coroutine.into_stack());
            None
        }
    }
}

/// Lets a task go on until it waits again; false when it has ended. Leaves its desk behind.
fn go_on(task: &mut Waiting) -> bool {
    DESK.set(task.desk);
    match task.coroutine.resume(()) {
        CoroutineResult::Yield(request) => {
            task.request = request;
            true
        }
        CoroutineResult::Return(()) => false,
    }
}

/// Evaluates the velocities that are waited for, those of a shape together, each task in the lane of its place; how many
/// there are.
fn answer(waiting: &[Option<Waiting>; LANES], shapes: &mut Vec<Lanes<LANES>>) -> usize {
    let ask = |task: &Waiting| match task.request {
        // SAFETY: all of them wait, each request is asked once, and none is resumed before this function ends.
        Request::Velocity(asked) => Some(unsafe { asked.ask() }),
        Request::Turn => None,
    };
    let mut asks: [Option<Ask>; LANES] = array::from_fn(|lane| waiting[lane].as_ref().and_then(ask));
    let count = asks.iter().flatten().count();
    while let Some(shape) = asks.iter().flatten().next().map(|ask| ask.constants.shape) {
        let known = shapes.iter().position(|lanes| lanes.shape() == shape);
        let at = known.unwrap_or_else(|| {
            shapes.truncate(SHAPES - 1);
            shapes.insert(0, Lanes::new(shape));
            0
        });
        shapes[at].evaluate(array::from_fn(|lane| asks[lane].take_if(|ask| ask.constants.shape == shape)));
    }
    count
}

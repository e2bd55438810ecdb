//! What the rules have found out about a record so far, for those that ask the same.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::document::NodeId;
use crate::policy::expression::{Evaluated, Value, Why};

/// Most values that are remembered of one record, members of lists included: enough for every
/// record that people write, and little memory for any other.
const MOST: usize = 50_000;

/// Values of shared parts, of one record and its elements.
#[derive(Debug)]
pub struct Memo<'t> {
    of_record: RefCell<Vec<Option<Evaluated<'t>>>>,
    of_elements: RefCell<HashMap<(u32, NodeId), Evaluated<'t>, BuildHasherDefault<Mixer>>>,
    room: Cell<usize>,
}

impl Default for Memo<'_> {
    fn default() -> Self {
        Self {
            of_record: RefCell::default(),
            of_elements: RefCell::default(),
            room: Cell::new(MOST),
        }
    }
}

impl<'t> Memo<'t> {
    pub(super) fn of_record(&self, share: u32) -> Option<Evaluated<'t>> {
        self.of_record.borrow().get(share as usize)?.clone()
    }

    pub(super) fn of_element(&self, share: u32, element: NodeId) -> Option<Evaluated<'t>> {
        self.of_elements.borrow().get(&(share, element)).cloned()
    }

    pub(super) fn keep_of_record(&self, share: u32, found: &Evaluated<'t>) {
        if self.has_room_for(found) {
            let mut known = self.of_record.borrow_mut();
            let share = share as usize;
            if known.len() <= share {
                known.resize(share + 1, None);
            }
            known[share] = Some(found.clone());
        }
    }

    pub(super) fn keep_of_element(&self, share: u32, element: NodeId, found: &Evaluated<'t>) {
        if self.has_room_for(found) {
            let mut known = self.of_elements.borrow_mut();
            known.insert((share, element), found.clone());
        }
    }

    fn has_room_for(&self, found: &Evaluated<'t>) -> bool {
        let size = match found {
            Ok(Value::List(list)) => list.values().len() + 1,
            Ok(Value::Map(map)) => map.len() + 1,
            Ok(_) => 1,
            // That one rule took too many steps says nothing about the next.
            Err(halt) if halt.why == Why::Budget => return false,
            Err(_) => 1,
        };
        let room = self.room.get().checked_sub(size);
        room.inspect(|room| self.room.set(*room)).is_some()
    }
}

/// Mixes two small numbers; the usual hash would cost more than it saves.
#[derive(Clone, Copy, Debug, Default)]
struct Mixer(u64);

impl Hasher for Mixer {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u32(u32::from(*byte));
        }
    }

    fn write_u32(&mut self, number: u32) {
        self.0 = (self.0.rotate_left(23) ^ u64::from(number)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

//! The words of the product against references written apart from them.

mod calendar;

//! Values on their way into a statement.

use qige_kernel::Timestamp;
use serde::Serialize;
use tokio_postgres::types::{IsNull, ToSql, Type, private::BytesMut};
use uuid::Uuid;

/// One value for a placeholder.
#[derive(Clone, Debug, PartialEq)]
pub enum Param {
    /// No value, of whatever type.
    Null,
    /// Whole number, count or microseconds.
    I64(i64),
    /// Fraction, degrees or metres.
    F64(f64),
    /// Yes or no (0 and 1 on SQLite).
    Bool(bool),
    /// Text, also JSON.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// Id.
    Uuid(Uuid),
}

/// What can be a value of a statement.
pub trait ToParam {
    /// The value.
    fn to_param(&self) -> Param;
}

/// A value stored as JSON: text on SQLite, `jsonb` on PostgreSQL.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Json<T>(pub T);

macro_rules! to_param {
    ($($type:ty, $self:ident => $value:expr;)*) => {$(
        impl ToParam for $type {
            fn to_param(&$self) -> Param { $value }
        }
    )*};
}
to_param! {
    i64, self => Param::I64(*self);
    i32, self => Param::I64(i64::from(*self));
    u32, self => Param::I64(i64::from(*self));
    u16, self => Param::I64(i64::from(*self));
    u8, self => Param::I64(i64::from(*self));
    f64, self => Param::F64(*self);
    bool, self => Param::Bool(*self);
    str, self => Param::Text(self.to_owned());
    String, self => Param::Text(self.clone());
    [u8], self => Param::Bytes(self.to_vec());
    Vec<u8>, self => Param::Bytes(self.clone());
    Uuid, self => Param::Uuid(*self);
    Timestamp, self => Param::I64(self.micros());
    Param, self => self.clone();
}

impl<const N: usize> ToParam for [u8; N] {
    fn to_param(&self) -> Param {
        Param::Bytes(self.to_vec())
    }
}

impl<T: Serialize> ToParam for Json<T> {
    /// A value that cannot be JSON (a map with keys that are not text) becomes `null`.
    fn to_param(&self) -> Param {
        Param::Text(serde_json::to_string(&self.0).unwrap_or_else(|_| "null".to_owned()))
    }
}

impl<T: ToParam> ToParam for Option<T> {
    fn to_param(&self) -> Param {
        self.as_ref().map_or(Param::Null, ToParam::to_param)
    }
}

impl<T: ToParam + ?Sized> ToParam for &T {
    fn to_param(&self) -> Param {
        (*self).to_param()
    }
}

/// The values of a statement, in the order of its placeholders: `params![tenant, id]`.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => { &[$($crate::ToParam::to_param(&$value)),*] };
}

/// As [`params!`](crate::params) where the list is handed on: a [`Vec`] of its own.
#[macro_export]
macro_rules! values {
    ($($value:expr),* $(,)?) => { ::std::vec![$($crate::ToParam::to_param(&$value)),*] };
}

impl rusqlite::ToSql for Param {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        use rusqlite::types::{ToSqlOutput, Value, ValueRef};
        Ok(match self {
            Self::Null => ToSqlOutput::Owned(Value::Null),
            Self::I64(value) => ToSqlOutput::Owned(Value::Integer(*value)),
            Self::F64(value) => ToSqlOutput::Owned(Value::Real(*value)),
            Self::Bool(value) => ToSqlOutput::Owned(Value::Integer(i64::from(*value))),
            Self::Text(value) => ToSqlOutput::Borrowed(ValueRef::Text(value.as_bytes())),
            Self::Bytes(value) => ToSqlOutput::Borrowed(ValueRef::Blob(value)),
            Self::Uuid(value) => ToSqlOutput::Borrowed(ValueRef::Blob(value.as_bytes())),
        })
    }
}

type Encoded = Result<IsNull, Box<dyn std::error::Error + Sync + Send>>;

impl ToSql for Param {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Encoded {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::I64(value) if *ty == Type::INT4 => i32::try_from(*value)?.to_sql(ty, out),
            Self::I64(value) if *ty == Type::FLOAT8 => f64::from(i32::try_from(*value)?).to_sql(ty, out),
            Self::I64(value) => value.to_sql_checked(ty, out),
            Self::F64(value) => value.to_sql_checked(ty, out),
            Self::Bool(value) => value.to_sql_checked(ty, out),
            Self::Text(value) if *ty == Type::JSONB => {
                // The wire format of jsonb is a version byte and the text.
                out.extend_from_slice(&[1]);
                out.extend_from_slice(value.as_bytes());
                Ok(IsNull::No)
            }
            Self::Text(value) => value.to_sql_checked(ty, out),
            Self::Bytes(value) => value.to_sql_checked(ty, out),
            Self::Uuid(value) => value.to_sql_checked(ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        // Decided value by value above: what a Param holds is known only when it is sent.
        true
    }

    tokio_postgres::types::to_sql_checked!();
}

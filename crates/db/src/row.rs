//! Rows on their way out of a statement.

use std::error::Error;

use qige_kernel::Timestamp;
use rusqlite::types::ValueRef;
use serde::de::DeserializeOwned;
use tokio_postgres::types::{FromSql, Type};
use uuid::Uuid;

use crate::{DbError, Json};

/// One value as the engine gave it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell<'a> {
    /// No value.
    Null,
    /// Whole number.
    I64(i64),
    /// Fraction.
    F64(f64),
    /// Yes or no (PostgreSQL only; SQLite gives 0 and 1).
    Bool(bool),
    /// Text, also JSON.
    Text(&'a str),
    /// Bytes (on SQLite also ids).
    Bytes(&'a [u8]),
    /// Id (PostgreSQL only).
    Uuid(Uuid),
}

impl<'a> FromSql<'a> for Cell<'a> {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(match *ty {
            Type::INT8 => Self::I64(i64::from_sql(ty, raw)?),
            Type::INT4 => Self::I64(i64::from(i32::from_sql(ty, raw)?)),
            Type::INT2 => Self::I64(i64::from(i16::from_sql(ty, raw)?)),
            Type::FLOAT8 => Self::F64(f64::from_sql(ty, raw)?),
            Type::BOOL => Self::Bool(bool::from_sql(ty, raw)?),
            Type::UUID => Self::Uuid(Uuid::from_sql(ty, raw)?),
            Type::BYTEA => Self::Bytes(raw),
            Type::JSONB => Self::Text(std::str::from_utf8(raw.get(1..).unwrap_or_default())?),
            Type::TEXT | Type::VARCHAR | Type::NAME | Type::JSON | Type::UNKNOWN => {
                Self::Text(std::str::from_utf8(raw)?)
            }
            _ => return Err(format!("columns of type {ty} are not used here").into()),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self::Null)
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// One row of either engine.
#[derive(Clone, Copy)]
pub enum Row<'a> {
    #[doc(hidden)]
    Sqlite(&'a rusqlite::Row<'a>),
    #[doc(hidden)]
    Postgres(&'a tokio_postgres::Row),
}

impl Row<'_> {
    /// The value of the column called `name`.
    ///
    /// # Errors
    /// [`DbError::Decode`] when there is no such column or its value is of another kind.
    pub fn get<T: FromColumn>(&self, name: &str) -> Result<T, DbError> {
        match self {
            Self::Sqlite(row) => sqlite_cell(row.get_ref(name)),
            Self::Postgres(row) => row.try_get::<_, Cell<'_>>(name).map_err(|error| error.to_string()),
        }
        .and_then(T::from_cell)
        .map_err(|problem| DbError::Decode { column: name.to_owned(), problem })
    }

    /// The value of the column at `position`, from 0.
    ///
    /// # Errors
    /// As [`Row::get`].
    pub fn at<T: FromColumn>(&self, position: usize) -> Result<T, DbError> {
        match self {
            Self::Sqlite(row) => sqlite_cell(row.get_ref(position)),
            Self::Postgres(row) => row.try_get::<_, Cell<'_>>(position).map_err(|error| error.to_string()),
        }
        .and_then(T::from_cell)
        .map_err(|problem| DbError::Decode { column: position.to_string(), problem })
    }
}

fn sqlite_cell(value: rusqlite::Result<ValueRef<'_>>) -> Result<Cell<'_>, String> {
    Ok(match value.map_err(|error| error.to_string())? {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(value) => Cell::I64(value),
        ValueRef::Real(value) => Cell::F64(value),
        ValueRef::Text(value) => Cell::Text(std::str::from_utf8(value).map_err(|error| error.to_string())?),
        ValueRef::Blob(value) => Cell::Bytes(value),
    })
}

/// What a column can become. The error is what is wrong, in words for the log.
pub trait FromColumn: Sized {
    /// Reads the value.
    ///
    /// # Errors
    /// When the value is of another kind or breaks the type's own rules.
    fn from_cell(cell: Cell<'_>) -> Result<Self, String>;
}

/// What a row can become.
pub trait FromRow: Sized {
    /// Reads the row.
    ///
    /// # Errors
    /// [`DbError::Decode`].
    fn from_row(row: &Row<'_>) -> Result<Self, DbError>;
}

fn wrong<T>(cell: Cell<'_>) -> Result<T, String> {
    Err(match cell {
        Cell::Null => format!("null where {} is wanted", std::any::type_name::<T>()),
        Cell::Text(_) | Cell::Bytes(_) => format!("not a {}", std::any::type_name::<T>()),
        other => format!("{other:?} is not a {}", std::any::type_name::<T>()),
    })
}

macro_rules! from_cell {
    ($($type:ty { $($pattern:pat => $value:expr),* $(,)? })*) => {$(
        impl FromColumn for $type {
            fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
                match cell { $($pattern => $value,)* other => wrong(other) }
            }
        }
    )*};
}
from_cell! {
    i64 { Cell::I64(value) => Ok(value) }
    u32 { Cell::I64(value) => value.try_into().map_err(|_| format!("{value} is not a u32")) }
    f64 { Cell::F64(value) => Ok(value) }
    bool { Cell::Bool(value) => Ok(value), Cell::I64(0) => Ok(false), Cell::I64(1) => Ok(true) }
    String { Cell::Text(value) => Ok(value.to_owned()) }
    Vec<u8> { Cell::Bytes(value) => Ok(value.to_vec()) }
    Uuid {
        Cell::Uuid(value) => Ok(value),
        Cell::Bytes(value) => Uuid::from_slice(value).map_err(|error| error.to_string())
    }
    Timestamp { Cell::I64(value) => Ok(Timestamp::from_micros(value)) }
}

impl<const N: usize> FromColumn for [u8; N] {
    fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
        match cell {
            Cell::Bytes(value) => value.try_into().map_err(|_| format!("{} bytes, not {N}", value.len())),
            other => wrong(other),
        }
    }
}

impl<T: FromColumn> FromColumn for Option<T> {
    fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
        if cell == Cell::Null { Ok(None) } else { T::from_cell(cell).map(Some) }
    }
}

impl<T: DeserializeOwned> FromColumn for Json<T> {
    fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
        match cell {
            Cell::Text(text) => serde_json::from_str(text).map(Self).map_err(|error| error.to_string()),
            other => wrong::<String>(other).and(Err("not JSON".to_owned())),
        }
    }
}

macro_rules! tuples {
    ($(($($name:ident $position:literal),*))*) => {$(
        impl<$($name: FromColumn),*> FromRow for ($($name,)*) {
            fn from_row(row: &Row<'_>) -> Result<Self, DbError> {
                Ok(($(row.at::<$name>($position)?,)*))
            }
        }
    )*};
}
tuples! {
    (A 0)
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
}

/// Declares a row: a struct whose fields are read from the columns of the same names.
#[macro_export]
macro_rules! from_row {
    ($(#[$meta:meta])* $vis:vis struct $name:ident {
        $($(#[$field_meta:meta])* $field_vis:vis $field:ident: $type:ty),* $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone)]
        $vis struct $name { $($(#[$field_meta])* $field_vis $field: $type),* }

        impl $crate::FromRow for $name {
            fn from_row(row: &$crate::Row<'_>) -> Result<Self, $crate::DbError> {
                Ok(Self { $($field: row.get(stringify!($field))?),* })
            }
        }
    };
}

/// Stores types with `Display` and `FromStr` as text.
#[macro_export]
macro_rules! column_text {
    ($($type:ty),* $(,)?) => {$(
        impl $crate::ToParam for $type {
            fn to_param(&self) -> $crate::Param { $crate::Param::Text(self.to_string()) }
        }
        impl $crate::FromColumn for $type {
            fn from_cell(cell: $crate::Cell<'_>) -> Result<Self, String> {
                match cell {
                    $crate::Cell::Text(text) => {
                        text.parse().map_err(|_| format!("{text:?} is not a {}", stringify!($type)))
                    }
                    other => Err(format!("{other:?} is not a {}", stringify!($type))),
                }
            }
        }
    )*};
}

/// Stores types made from and into `Uuid` as ids.
#[macro_export]
macro_rules! column_id {
    ($($type:ty),* $(,)?) => {$(
        impl $crate::ToParam for $type {
            fn to_param(&self) -> $crate::Param { $crate::ToParam::to_param(&self.0) }
        }
        impl $crate::FromColumn for $type {
            fn from_cell(cell: $crate::Cell<'_>) -> Result<Self, String> {
                $crate::FromColumn::from_cell(cell).map(Self)
            }
        }
    )*};
}

mod ids {
    use qige_kernel::{
        AssignmentId, CaseId, ClockId, ConsentId, CredentialId, GrantId, HandoverId, JobId, NoticeId,
        ObjectId, PersonId, PlaceId, ReportId, TenantId, UnitId, UploadId,
    };

    column_id!(
        AssignmentId,
        CaseId,
        ClockId,
        ConsentId,
        CredentialId,
        GrantId,
        HandoverId,
        JobId,
        NoticeId,
        ObjectId,
        PersonId,
        PlaceId,
        ReportId,
        TenantId,
        UnitId,
        UploadId
    );
}

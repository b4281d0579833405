-- Portraits of people: a client sees on the phone who came.
create table portrait (
    person_id bytea primary key references person (id),
    sha256 text not null,
    picture bytea not null
);

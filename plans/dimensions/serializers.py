from typing import ClassVar

from rest_framework import serializers

from plans.dimensions.models import Category, Dimension
from tenants.api.serializers import CONTENT_TAIL, HEAD, RowSerializer


class DimensionInBrief(serializers.ModelSerializer):
    """A dimension beside one of its categories."""

    class Meta:
        model = Dimension
        fields = ("id", "code", "name")
        read_only_fields = fields


class CategoryOfDimension(serializers.ModelSerializer):
    class Meta:
        model = Category
        fields = ("id", "code", "name", "retired")
        read_only_fields = fields


class DimensionSerializer(RowSerializer):
    """By what measured values can be broken down, with its categories in their order."""

    categories = CategoryOfDimension(many=True, read_only=True)

    class Meta:
        model = Dimension
        fields = (*HEAD, "code", "name", "retired", "categories", "translations", *CONTENT_TAIL)


class CategorySerializer(RowSerializer):
    """One of the parts into which a dimension divides."""

    class Meta:
        model = Category
        fields = (*HEAD, "dimension", "code", "name", "position", "retired", "translations", *CONTENT_TAIL)
        fixed: ClassVar = ("dimension",)
        expandable: ClassVar = {"dimension": DimensionInBrief}
